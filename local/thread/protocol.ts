import type { FleetOptions } from '../ec2/fleet.ts';
import type { RequestBuckets } from '../ec2/request-buckets.ts';
import type { ServiceName } from '../endpoint/service.ts';
import type { ServiceSettings } from '../endpoint/settings.ts';

/** What the thread is started with: data only, it crosses a thread boundary. */
export interface ThreadOptions {
  readonly fleet: FleetOptions;
  /** One counter per service, in the order of {@link COUNTED_SERVICES}. */
  readonly callCounts: SharedArrayBuffer;
}

export const COUNTED_SERVICES: readonly ServiceName[] = ['s3', 'ec2'];

export type ThreadRequest =
  | { readonly do: 'configure'; readonly service: ServiceName; readonly settings: ServiceSettings }
  | { readonly do: 'setRequestBuckets'; readonly buckets: RequestBuckets | false };

/** `started` comes once, one of the others after each request, in their order. */
export type ThreadAnswer =
  | { readonly is: 'started'; readonly url: string }
  | { readonly is: 'done' }
  /** A `TypeError` or `RangeError` crosses the thread boundary as one. */
  | { readonly is: 'failed'; readonly error: unknown };
