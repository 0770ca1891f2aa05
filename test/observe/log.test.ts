import { createParallel } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { handlerForms } from '../helpers/handler-forms.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';
import { runScript } from '../helpers/run-script.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';
import { type EmfDocument, emitted, valuesOf } from './emitted.ts';

let documents: EmfDocument[];

beforeEach(() => {
  documents = emitted();
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'orders');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const odd = (item: number): void => {
  if (item % 2 === 1) throw new Error('odd');
};

describe.each(handlerForms)("%s with metrics: 'log'", (_, wrap) => {
  test('writes one line per invocation, by function name, with the request id beside it', async () => {
    const context = lambdaContext();
    const handler = wrap({ metrics: 'log', concurrency: 2 }, async (_event, { parallel }) => {
      await parallel.io.mapSettled([1, 2, 3, 4], odd);
    });
    await handler({}, context);
    expect(documents).toHaveLength(1);
    const [{ _aws, ...members } = {} as EmfDocument] = documents;
    expect(_aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'lambda-parallel', Dimensions: [['FunctionName']] }]);
    expect(members).toMatchObject({ FunctionName: 'orders', requestId: context.awsRequestId });
    expect(members).toMatchObject({ TasksFulfilled: 2, TasksRejected: 2, TasksSkipped: 0, Throttles: 0 });
    expect(members).toMatchObject({ IoTasksInFlight: 1, CpuThreadsBusy: 0 });
    await handler({}, lambdaContext());
    expect(documents).toHaveLength(2);
    expect(documents[1]).toMatchObject({ TasksFulfilled: 2, TasksRejected: 2 });
  });

  test('has them in the units that CloudWatch knows', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '1769');
    const wait = (item: number) => new Promise((resolve) => setTimeout(resolve, item));
    const handler = wrap({ metrics: 'log' }, async (_event, { parallel }) =>
      parallel.io.map([1, 2], wait, { maxInFlightBytes: 10, weight: () => 1 }),
    );
    await handler({}, lambdaContext());
    const units = documents[0]?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name: name, Unit: unit }) => `${name} ${unit}`);
    expect(units).toEqual([
      'IoTasksInFlight Count',
      'CpuThreadsBusy Count',
      'TasksFulfilled Count',
      'TasksRejected Count',
      'TasksSkipped Count',
      'Throttles Count',
      'TaskTimeP50 Milliseconds',
      'TaskTimeP95 Milliseconds',
      'QueueWaitP50 Milliseconds',
      'QueueWaitP95 Milliseconds',
      'Speedup None',
      'CpuUtilization Percent',
    ]);
  });

  test('writes counts alone where nothing ran', async () => {
    await wrap({ metrics: 'log' }, async () => undefined)({}, lambdaContext());
    expect(documents.map(valuesOf)).toEqual([
      { IoTasksInFlight: 0, CpuThreadsBusy: 0, TasksFulfilled: 0, TasksRejected: 0, TasksSkipped: 0, Throttles: 0 },
    ]);
  });

  test('writes them after an error of the handler as well', async () => {
    const failed = new Error('handler');
    const handler = wrap({ metrics: 'log' }, async (_event, { parallel }) => {
      await parallel.io.map([2], odd);
      throw failed;
    });
    await expect(handler({}, lambdaContext())).rejects.toBe(failed);
    expect(documents.map(valuesOf)).toMatchObject([{ TasksFulfilled: 1, TasksRejected: 0 }]);
  });

  test('writes them after the deadline as well, with what was skipped', async () => {
    vi.useFakeTimers();
    const handler = wrap({ metrics: 'log', concurrency: 1 }, async (_event, { parallel }) => {
      const result = await parallel.io.mapSettled([1, 2, 3], (_item, { signal }) => toldToStop(signal));
      return result.completionReason;
    });
    const invocation = handler({}, lambdaContext(1000));
    await vi.advanceTimersByTimeAsync(500);
    expect(await invocation).toBe('deadline');
    expect(documents.map(valuesOf)).toMatchObject([{ TasksFulfilled: 0, TasksRejected: 1, TasksSkipped: 2, Speedup: 1 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps overlapping invocations apart, and leaves out what cannot be told apart', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '1769');
    vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '2');
    const doors = { first: gate(), second: gate() };
    const handler = wrap({ metrics: 'log' }, async (event, { parallel }) => {
      const name = event as 'first' | 'second';
      await parallel.io.map(name === 'first' ? [1] : [1, 2, 3], () => doors[name].passed);
    });
    const first = handler('first', { ...lambdaContext(), awsRequestId: 'first' });
    const second = handler('second', { ...lambdaContext(), awsRequestId: 'second' });
    await turn();
    doors.second.open();
    await second;
    doors.first.open();
    await first;
    expect(documents).toMatchObject([
      { requestId: 'second', TasksFulfilled: 3, IoTasksInFlight: 3 },
      { requestId: 'first', TasksFulfilled: 1, IoTasksInFlight: 1 },
    ]);
    for (const document of documents) expect(document).not.toHaveProperty('CpuUtilization');
  });

  test('warns once, and answers all the same, where stdout cannot be written to', async () => {
    const broken = new Error('no stdout');
    vi.mocked(process.stdout.write).mockImplementation(() => {
      throw broken;
    });
    const { logger, lines } = recordingLogger();
    const handler = wrap({ metrics: 'log', logger }, async () => 'answer');
    expect(await handler({}, lambdaContext())).toBe('answer');
    expect(lines).toEqual([['warn', 'Cannot write the metrics of this invocation; its result is not affected', broken]]);
  });
});

describe.each(handlerForms)('%s without metrics', (_, wrap) => {
  test('writes nothing', async () => {
    const options = [{}, { metrics: undefined }];
    for (const option of options) {
      await wrap(option, async (_event, { parallel }) => parallel.io.map([2], odd))({}, lambdaContext());
    }
    expect(documents).toEqual([]);
  });
});

describe('createParallel()', () => {
  test.each([
    ['using', async (runtime: ReturnType<typeof createParallel>) => runtime[Symbol.dispose]()],
    ['await using', (runtime: ReturnType<typeof createParallel>) => runtime[Symbol.asyncDispose]()],
  ])('(%s) writes its metrics once, with no dimension outside Lambda', async (_, dispose) => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', undefined);
    const runtime = createParallel({ metrics: 'log' });
    await runtime.io.map([2], odd);
    await dispose(runtime);
    await runtime[Symbol.asyncDispose]();
    runtime[Symbol.dispose]();
    expect(documents).toHaveLength(1);
    expect(documents[0]?._aws.CloudWatchMetrics).toMatchObject([{ Dimensions: [[]] }]);
    expect(documents[0]).not.toHaveProperty('FunctionName');
    expect(documents[0]).not.toHaveProperty('CpuUtilization');
    expect(documents[0]).toMatchObject({ TasksFulfilled: 1 });
  });

  test('writes past a console that is patched, as that of the Lambda runtime is', async () => {
    const script = `
      import { createParallel } from 'lambda-parallel';
      for (const method of ['log', 'info', 'warn', 'error']) console[method] = (...args) => process.stdout.write('wrapped');
      await using runtime = createParallel({ metrics: 'log' });
      await runtime.io.map([1], async (item) => item);
    `;
    const { exitCode, stdout, stderr } = await runScript(script);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\{"_aws":[^\n]*"TasksFulfilled":1,[^\n]*\}\n$/);
  });
});
