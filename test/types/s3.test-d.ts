import type { S3Client } from '@aws-sdk/client-s3';
import type { Io, TaskOutcome } from 'lambda-parallel';
import {
  createObjectReader,
  type GetManyOptions,
  type GetPrefixOptions,
  type ListedObject,
  ListingInterruptedError,
  type ObjectOutcome,
  type ObjectReader,
  type ObjectsResult,
  type S3Object,
} from 'lambda-parallel/s3';
import { expectTypeOf, test } from 'vitest';

declare const reader: ObjectReader;
declare const io: Io;
const [bucket, keys, prefix] = ['photos', ['a'], 'a/'];

test('createObjectReader() takes an S3 client', () => {
  expectTypeOf(createObjectReader).parameters.toEqualTypeOf<[S3Client]>();
  expectTypeOf(createObjectReader).returns.toEqualTypeOf<ObjectReader>();
});

test('get() gives an object, and knows its options', () => {
  expectTypeOf(reader.get).returns.resolves.toEqualTypeOf<S3Object>();
  // @ts-expect-error -- an object has a key
  void (() => reader.get({ bucket }));
  // @ts-expect-error -- it is versionId
  void (() => reader.get({ bucket, key: 'a', versionID: '7' }));
});

test('getMany() and getPrefix() take the value type from `use`', () => {
  expectTypeOf(() => reader.getMany(io, { bucket, keys, use: ({ body }) => body.length })).returns.resolves.toEqualTypeOf<
    ObjectsResult<number>
  >();
  expectTypeOf(() => reader.getMany(io, { bucket, keys, use: async ({ key }) => key })).returns.resolves.toEqualTypeOf<
    ObjectsResult<string>
  >();
  expectTypeOf(() => reader.getPrefix(io, { bucket, prefix, use: () => true })).returns.resolves.toEqualTypeOf<
    ObjectsResult<boolean>
  >();
});

test('getMany() and getPrefix() give objects without `use`, and nothing else', () => {
  expectTypeOf(() => reader.getMany(io, { bucket, keys })).returns.resolves.toEqualTypeOf<ObjectsResult<S3Object>>();
  expectTypeOf(() => reader.getPrefix(io, { bucket, prefix })).returns.resolves.toEqualTypeOf<ObjectsResult<S3Object>>();
  // @ts-expect-error -- nothing makes numbers of them
  void ((): Promise<ObjectsResult<number>> => reader.getMany(io, { bucket, keys }));
  // @ts-expect-error -- nothing makes numbers of them
  void ((): Promise<ObjectsResult<number>> => reader.getPrefix(io, { bucket, prefix }));
});

test('keys come from any iterable of strings, and not as promises, which would be no keys in the outcomes', () => {
  expectTypeOf<Set<string>>().toExtend<GetManyOptions['keys']>();
  expectTypeOf<Generator<string>>().toExtend<GetManyOptions['keys']>();
  expectTypeOf<AsyncGenerator<string>>().toExtend<GetManyOptions['keys']>();
  expectTypeOf<readonly string[]>().toExtend<GetManyOptions['keys']>();
  expectTypeOf<Promise<string>[]>().not.toExtend<GetManyOptions['keys']>();
  expectTypeOf<number[]>().not.toExtend<GetManyOptions['keys']>();
});

test('getPrefix() weighs by the listed size, so it takes no weight', () => {
  expectTypeOf<GetPrefixOptions>().not.toHaveProperty('weight');
  expectTypeOf<GetManyOptions>().toHaveProperty('weight');
  expectTypeOf<NonNullable<GetPrefixOptions['filter']>>().toEqualTypeOf<(object: ListedObject) => boolean>();
});

test('an outcome is that of any task, with its key; its value is there only after narrowing', () => {
  expectTypeOf<ObjectOutcome<number>>().toExtend<TaskOutcome<number>>();
  const read = (outcome: ObjectOutcome<number>) => {
    expectTypeOf(outcome.key).toBeString();
    if (outcome.status === 'fulfilled') expectTypeOf(outcome.value).toBeNumber();
    // @ts-expect-error -- what was not started has no value
    if (outcome.status === 'skipped') void outcome.value;
  };
  void read;
});

test('ListingInterruptedError has the result', () => {
  expectTypeOf<ListingInterruptedError>().toExtend<{ code: 'ERR_PARALLEL_S3_LISTING'; result: ObjectsResult<unknown> }>();
  void ListingInterruptedError;
});
