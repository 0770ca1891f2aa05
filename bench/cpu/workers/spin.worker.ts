import { defineWorker } from 'lambda-parallel';
import { spin } from '../spin.ts';

export default defineWorker(spin);
