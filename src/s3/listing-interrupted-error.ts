import { ParallelError } from '../errors.ts';
import type { ObjectsResult } from './read-objects.ts';

/** A listing failed after its first page. What was listed until then was read: `result` has its outcomes. */
export class ListingInterruptedError extends ParallelError {
  readonly code = 'ERR_PARALLEL_S3_LISTING';
  readonly result: ObjectsResult<unknown>;

  static {
    ListingInterruptedError.prototype.name = 'ListingInterruptedError';
  }

  constructor(location: string, result: ObjectsResult<unknown>, options: { cause: unknown }) {
    super(
      `Cannot list ${location} to its end: stopped after ${result.outcomes.length} objects, see cause; their outcomes are in result`,
      options,
    );
    this.result = result;
  }
}
