export type { GetManyOptions } from './get-many.ts';
export type { GetPrefixOptions, ListedObject } from './get-prefix.ts';
export { ListingInterruptedError } from './listing-interrupted-error.ts';
export type { ObjectTotals } from './object-meter.ts';
export { createObjectReader, type GetRequest, type ObjectReader } from './object-reader.ts';
export type { ObjectOutcome, ObjectsResult, UseObject } from './read-objects.ts';
export type { S3Object } from './s3-object.ts';
