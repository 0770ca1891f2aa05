import type { FunctionModel } from '../template/model.ts';
import type { BuildError } from './build-error.ts';

/** What became of one function of the template. One that fails does not keep the others from running. */
export type BuildOutcome = BuiltFunction | UnbuiltFunction;

export interface BuiltFunction {
  readonly status: 'built';
  /** With the handler where the build has put it, and the layers' folders as they are on `/opt`. */
  readonly model: FunctionModel;
  /** The folder to run, absolute. What is in it does not change: a later build is another folder. */
  readonly taskRoot: string;
}

interface UnbuiltFunction {
  readonly status: 'failed';
  readonly model: FunctionModel;
  readonly error: BuildError;
}
