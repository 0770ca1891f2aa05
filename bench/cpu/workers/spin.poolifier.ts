import { type TaskFunction, ThreadWorker } from 'poolifier';
import { spin } from '../spin.ts';

// Its type allows for tasks without input, of which there are none here.
export default new ThreadWorker<number, number>(spin as TaskFunction<number, number>);
