import { invalidParameter, violatedConstraint } from './errors.ts';

/** More than that Lambda does not answer at once, whatever is asked for. */
const MAX_PAGE_ITEMS = 50;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next one begins. */
  readonly marker: { readonly NextMarker?: string };
}

/** @throws {ServiceError} `ValidationException`, `InvalidParameterValueException` */
export function pageOf<Item>(all: readonly Item[], query: URLSearchParams): Page<Item> {
  const size = Math.min(maxItems(query.get('MaxItems')), MAX_PAGE_ITEMS);
  const start = startOf(query.get('Marker'));
  const end = start + size;
  return { items: all.slice(start, end), marker: end < all.length ? { NextMarker: markerOf(end) } : {} };
}

function maxItems(text: string | null): number {
  if (text === null) return MAX_PAGE_ITEMS;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw violatedConstraint(text, 'maxItems', 'Member must have value greater than or equal to 1');
  if (count > 10_000) throw violatedConstraint(text, 'maxItems', 'Member must have value less than or equal to 10000');
  return count;
}

function markerOf(index: number): string {
  return Buffer.from(`item ${index}`).toString('base64url');
}

function startOf(marker: string | null): number {
  if (marker === null) return 0;
  const index = /^item (\d{1,9})$/.exec(Buffer.from(marker, 'base64url').toString())?.[1];
  if (index === undefined) throw invalidParameter(`Invalid marker "${marker}"; take it from NextMarker of the page before`);
  return Number(index);
}
