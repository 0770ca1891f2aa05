import { randomUUID } from 'node:crypto';
import type { Configuration } from './configuration.ts';
import type { VersionFleet } from './fleets.ts';

export const LATEST = '$LATEST';

/** `$LATEST` between two updates, or a published version: one configuration and the environments that run it. */
export interface FunctionVersion {
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly configuration: Configuration;
  /** What it was published from; the description may differ. Of `$LATEST` its own. */
  readonly source: Configuration;
  readonly revisionId: string;
  readonly modifiedAtMs: number;
  readonly fleet: VersionFleet;
}

/** A name for a version, or for two that share the invocations. */
export interface Alias {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** The share of a second version, from 0 to 1. */
  readonly additional: { readonly version: string; readonly weight: number } | undefined;
  readonly revisionId: string;
}

export function newRevisionId(): string {
  return randomUUID();
}
