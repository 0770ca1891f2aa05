import type { Throttle } from '../endpoint/settings.ts';
import { TokenBucket } from '../endpoint/token-bucket.ts';

export interface RequestBuckets {
  /** For calls with a filter, MaxResults or NextToken. @defaultValue 100 tokens, 20 more per second */
  readonly filteredOrPaginated?: Throttle;
  /** For calls with none of these. @defaultValue 50 tokens, 10 more per second */
  readonly unfiltered?: Throttle;
}

/**
 * "Request token bucket sizes and refill rates": non-mutating actions, and those of them that are "unfiltered and unpaginated",
 * DescribeInstances and DescribeVolumes among them. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 *
 * A call that only lists IDs has neither a filter nor pages, so the letter of that page gives it the smaller bucket.
 */
const DEFAULTS: Required<RequestBuckets> = {
  filteredOrPaginated: { burst: 100, ratePerSecond: 20 },
  unfiltered: { burst: 50, ratePerSecond: 10 },
};

/**
 * The request limits of one account: "for each AWS account on a per-Region basis", and "each API is evaluated individually"
 * (same page), so DescribeVolumes does not slow down DescribeInstances, nor one region another.
 */
export class RequestLimits {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limits: Required<RequestBuckets> | undefined;
  readonly #now: () => number;

  /** @throws {RangeError} If a rate or a burst is out of its range. */
  constructor(limits: RequestBuckets | false, now: () => number) {
    this.#now = now;
    if (limits === false) return;
    this.#limits = { ...DEFAULTS, ...limits };
    for (const limit of Object.values(this.#limits)) new TokenBucket(limit, now);
  }

  /** Takes a token for the call; false when there is none left. */
  take(region: string, action: string, parameters: URLSearchParams): boolean {
    if (this.#limits === undefined) return true;
    const kind = isFilteredOrPaginated(parameters) ? 'filteredOrPaginated' : 'unfiltered';
    const key = `${region} ${action} ${kind}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#limits[kind], this.#now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take();
  }
}

function isFilteredOrPaginated(parameters: URLSearchParams): boolean {
  for (const key of parameters.keys()) {
    if (key.startsWith('Filter.') || key === 'MaxResults' || key === 'NextToken') return true;
  }
  return false;
}
