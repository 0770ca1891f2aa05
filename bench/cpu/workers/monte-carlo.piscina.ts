/** A share of the shards, as it is divided by hand. */
import hitsOf, { type Shard } from '../../../handlers/workers/monte-carlo.worker.ts';

export default (shards: readonly Shard[]): number => shards.reduce((hits, shard) => hits + hitsOf(shard), 0);
