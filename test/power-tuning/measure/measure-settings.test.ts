import { LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MeasureProgress } from '../../../power-tuning/measure/measure-settings.ts';
import type { SettingSamples } from '../../../power-tuning/tuning.ts';
import { collect } from '../../helpers/collect.ts';
import { startAnsweringServer } from '../../local/environment/answering-server.ts';
import { control } from '../../local/environment/start-fleet.ts';
import { type MeasuredFixture, openFixture } from './local-fixture.ts';

let fixture: MeasuredFixture;

beforeAll(async () => {
  fixture = await openFixture();
});
beforeEach(() => {
  fixture.invoked.length = 0;
});
afterAll(() => fixture[Symbol.asyncDispose]());

const measure: MeasuredFixture['measure'] = (...args) => fixture.measure(...args);

test('each setting is measured num times in an environment that is warm', async () => {
  const settings = [{ memoryMb: 1024 }, { memoryMb: 1769 }];
  const progress: MeasureProgress[] = [];
  const measured = await collect(measure({ payload: { burnMs: 30 } }, { settings, onProgress: (one) => progress.push(one) }));

  expect(measured.map(({ memoryMb, samples }) => [memoryMb, samples.length])).toEqual([
    [1024, 5],
    [1769, 5],
  ]);
  expect(fixture.invoked.map(({ answer }) => answer.memoryMb)).toEqual([...Array(6).fill('1024'), ...Array(6).fill('1769')]);
  expect(new Set(fixture.invoked.map(({ answer }) => answer.pid)).size).toBe(2);
  const samples = measured.flatMap((setting) => setting.samples);
  for (const { durationMs, billedMs, initMs, cpuMs } of samples) {
    expect(billedMs).toBe(Math.ceil(durationMs));
    expect(initMs).toBeUndefined();
    if (control.isLimited) expect(cpuMs).toBeGreaterThan(25);
  }
  expect(progress.map(({ doneCount }) => doneCount)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(progress.at(-1)).toMatchObject({ setting: { memoryMb: 1769 }, totalCount: 10 });
});

test('weighted payloads come in their order, with the concurrency that is tried', async () => {
  const payload = [
    { payload: { which: 'often', concurrency: 1 }, weight: 3 },
    { payload: { which: 'rarely', concurrency: 1 }, weight: 2 },
  ];
  const settings = [{ memoryMb: 1769, concurrency: 64 }];
  const [measured] = await collect(measure({ payload, concurrencyField: 'concurrency' }, { settings }));
  expect(measured).toMatchObject({ memoryMb: 1769, concurrency: 64 });
  const [, ...counted] = fixture.invoked.map(({ event }) => event);
  expect(counted).toEqual([
    ...Array(3).fill({ which: 'often', concurrency: 64 }),
    ...Array(2).fill({ which: 'rarely', concurrency: 64 }),
  ]);
});

test('what runs in parallel runs at the same time, each in a warm environment', async () => {
  await using server = await startAnsweringServer();
  const measuring = collect(
    measure({ payload: { url: server.url }, parallelInvocation: true }, { settings: [{ memoryMb: 256 }] }),
  );
  for (const { answer } of await server.untilAsked(5)) answer('');
  for (const { answer } of (await server.untilAsked(10)).slice(5)) answer('');
  const [measured] = await measuring;
  expect(measured?.samples).toHaveLength(5);
  expect(measured?.samples.every(({ initMs }) => initMs === undefined)).toBe(true);
});

test.each([true, false])(
  'cold starts are cold, each in an environment of its own (in parallel: %s)',
  async (parallelInvocation) => {
    const [measured] = await collect(measure({ payload: {}, onlyColdStarts: true, parallelInvocation }));
    expect(measured?.samples).toHaveLength(5);
    for (const { initMs, durationMs, billedMs } of measured?.samples ?? []) {
      expect(initMs).toBeGreaterThan(0);
      expect(billedMs).toBe(Math.ceil(durationMs + (initMs ?? 0)));
    }
    expect(fixture.invoked).toHaveLength(5);
    expect(new Set(fixture.invoked.map(({ answer }) => answer.pid)).size).toBe(5);
    const client = new LambdaClient();
    const { Versions: versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'tells' }));
    client.destroy();
    expect(versions?.map(({ Version: version }) => version)).toEqual(['$LATEST']);
  },
);

test('a dry run invokes each setting once', async () => {
  const settings = [{ memoryMb: 512 }, { memoryMb: 1769 }];
  const measured = await collect(measure({ payload: {}, dryRun: true }, { settings }));
  expect(measured.map(({ samples }) => samples.length)).toEqual([1, 1]);
  expect(fixture.invoked).toHaveLength(2);
});

describe('processors', () => {
  const preProcessorARN = 'arn:aws:lambda:eu-west-1:111122223333:function:prepares';

  test('the first makes the event, the second is given the answer', async () => {
    await collect(measure({ payload: { key: 1 }, preProcessorARN, postProcessorARN: preProcessorARN }));
    const [before, between, after] = fixture.invoked.slice(3);
    expect(before).toMatchObject({ functionName: 'prepares', event: { key: 1 } });
    expect(between).toMatchObject({ functionName: 'tells', event: { key: 1, isPrepared: true } });
    expect(after).toMatchObject({ functionName: 'prepares', event: { event: { key: 1, isPrepared: true }, memoryMb: '1769' } });
    expect(fixture.invoked).toHaveLength(18);
  });

  test('one that is not a function of the template is named, before anything is invoked', async () => {
    const elsewhere = preProcessorARN.replace('prepares', 'elsewhere');
    await expect(measure({ payload: {}, preProcessorARN: elsewhere }).next()).rejects.toThrow(
      `Cannot invoke ${elsewhere} here: it must be a function of the template; use one of tells, prepares, or tune on AWS`,
    );
    expect(fixture.invoked).toEqual([]);
  });

  test('one that fails is named', async () => {
    await expect(measure({ payload: { processorFails: true }, preProcessorARN }).next()).rejects.toMatchObject({
      code: 'ERR_TUNING_FUNCTION',
      message: expect.stringContaining(
        'Cannot run prepares to prepare the event at 1769 MB: payload 0 makes it fail with RangeError',
      ),
    });
  });
});

describe('a payload that makes the function fail', () => {
  const payload = [
    { payload: { which: 'good' }, weight: 4 },
    { payload: { fails: 'TeapotError' }, weight: 1 },
  ];

  test('is named with the setting, the error and the end of the log; settings before it are kept', async () => {
    const settings = [{ memoryMb: 1024 }, { memoryMb: 512 }];
    const kept: SettingSamples[] = [];
    const measuring = (async () => {
      for await (const one of measure({ payload: payload.slice(0, 1) }, { settings: settings.slice(0, 1) })) kept.push(one);
      for await (const one of measure({ payload }, { settings: settings.slice(1) })) kept.push(one);
    })();
    await expect(measuring).rejects.toMatchObject({
      name: 'TuningFunctionError',
      code: 'ERR_TUNING_FUNCTION',
      memoryMb: 512,
      payloadIndex: 1,
      errorType: 'TeapotError',
      message: expect.stringMatching(
        /^Cannot run tells to measure it at 512 MB: payload 1 makes it fail with TeapotError: as it was asked to; .*"memoryMb":"512"/s,
      ),
    });
    expect(kept).toMatchObject([{ memoryMb: 1024 }]);
  });

  test('counts where its error is allowed', async () => {
    const [measured] = await collect(measure({ payload, allowedExceptions: ['TeapotError'] }));
    expect(measured?.samples).toHaveLength(5);
    expect(fixture.invoked.at(-1)?.failure).toMatchObject({ errorType: 'TeapotError', errorMessage: 'as it was asked to' });
  });
});
