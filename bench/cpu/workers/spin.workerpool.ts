import { worker } from 'workerpool';
import { spin } from '../spin.ts';

worker({ spin });
