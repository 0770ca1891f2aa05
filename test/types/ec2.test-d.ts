import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Io } from 'lambda-parallel';
import {
  type InstanceVolumes,
  type MissingVolumes,
  type VolumeStrategy,
  type VolumeTotals,
  type VolumeTotalsOptions,
  volumeTotals,
} from 'lambda-parallel/ec2';
import { expectTypeOf, test } from 'vitest';

declare const client: EC2Client;
declare const io: Io;

test('volumeTotals() takes a client, the I/O engine and options', () => {
  expectTypeOf(volumeTotals).parameter(0).toEqualTypeOf<EC2Client>();
  expectTypeOf(volumeTotals).parameter(1).toEqualTypeOf<Io>();
  expectTypeOf(volumeTotals).parameter(2).toEqualTypeOf<VolumeTotalsOptions | undefined>();
  expectTypeOf(volumeTotals).returns.resolves.toEqualTypeOf<VolumeTotals>();
  // @ts-expect-error -- no such strategy
  void (() => volumeTotals(client, io, { strategy: 'guess' }));
  // @ts-expect-error -- an unknown option
  void (() => volumeTotals(client, io, { concurrancy: 8 }));
});

test('the strategy of a result is one that was used', () => {
  expectTypeOf<VolumeTotals['strategy']>().toEqualTypeOf<Exclude<VolumeStrategy, 'auto'>>();
});

test('a result cannot be written to', () => {
  expectTypeOf<VolumeTotals['instances']>().toEqualTypeOf<readonly InstanceVolumes[]>();
  expectTypeOf<VolumeTotals['missing']>().toEqualTypeOf<readonly MissingVolumes[]>();
  // @ts-expect-error -- read-only
  void ((totals: VolumeTotals) => (totals.totalGib = 0));
});
