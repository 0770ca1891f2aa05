import { fileURLToPath } from 'node:url';
import {
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { unlessAborted } from '../../local/command-line/stop-signal.ts';
import { openSurroundings, type SampleOptions } from '../../local/demo/sample-surroundings.ts';
import { createFleet } from '../../local/ec2/fleet.ts';
import { embeddedEnvironment } from '../../local/environment/embedded-environment.ts';
import type { InvocationReport } from '../../local/lambda/environment/invocation.ts';
import { startStack } from '../../local/stack/stack.ts';
import type { TemplateModel } from '../../local/template/model.ts';
import { readTemplate } from '../../local/template/read-template.ts';
import type { Sample } from '../tuning.ts';
import { findFunction } from './find-function.ts';
import type { ColdVersion, FunctionFailure, TunedLambda } from './tuned-function.ts';

export interface LocalLambdaOptions extends Partial<SampleOptions> {
  /** @defaultValue the repository's own */
  readonly templateFile?: string;
  /** In the fleet that EC2 describes. @defaultValue 100 */
  readonly instanceCount?: number;
}

/** A template on this machine, to be measured. */
export interface LocalLambda extends TunedLambda, AsyncDisposable {
  readonly model: TemplateModel;
  /** Why functions have more CPU and memory than their setting says; absent where they have not. Then all settings are alike. */
  readonly unlimitedReason: string | undefined;
}

const TEMPLATE = fileURLToPath(new URL('../../template.yaml', import.meta.url));

/**
 * On AWS a service does not answer in a millisecond. With these latencies, which are about those of S3 and EC2 inside their region,
 * waiting and computing are in proportion.
 */
const DEFAULTS: Required<SampleOptions> = { s3LatencyMs: 20, ec2LatencyMs: 40, imageCount: 80, logObjectCount: 150 };

/** @throws The reason of `signal` when it aborts; nothing is left behind then. @throws {TemplateError | BuildError} */
export async function openLocalLambda(options: LocalLambdaOptions, signal: AbortSignal): Promise<LocalLambda> {
  const { templateFile = TEMPLATE, instanceCount = 100, ...samples } = options;
  const reports = new Map<string, InvocationReport>();
  const model = await readTemplate(templateFile);
  const fleet = createFleet({ instanceCount });
  const stack = await startStack({
    model,
    ec2: { fleet },
    // An update is done at once: there is nothing to wait for.
    lambda: { limits: { updateMs: 0 } },
    onReport: (_functionName, requestId, report) => reports.set(requestId, report),
  });
  process.env = embeddedEnvironment(stack.url);
  // An answer takes as long as it takes, and another attempt would be another invocation.
  const client = new LambdaClient({ maxAttempts: 1, requestHandler: { httpAgent: { maxSockets: 1000 } } });
  let coldCount = 0;
  const close = async (): Promise<void> => {
    client.destroy();
    await stack.close();
  };

  async function publish(FunctionName: string): Promise<ColdVersion> {
    // What does not differ from the version before is not published again.
    coldCount += 1;
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: `cold start ${coldCount}` }));
    const { Version: Qualifier } = await client.send(new PublishVersionCommand({ FunctionName }));
    return {
      qualifiedName: `${FunctionName}:${Qualifier}`,
      remove: async () => void (await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }))),
    };
  }

  try {
    signal.throwIfAborted();
    await unlessAborted(signal, openSurroundings(stack, { ...DEFAULTS, ...samples }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    model,
    unlimitedReason: stack.control.reason,
    find: (reference) => findFunction(model, reference),
    async setMemory(FunctionName, MemorySize) {
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }));
    },
    async publishCold(functionName, count) {
      const versions: ColdVersion[] = [];
      while (versions.length < count) versions.push(await publish(functionName));
      return versions;
    },
    async invoke(FunctionName, Payload, abortSignal) {
      // Each invocation meets the full request buckets of an account at rest, whatever the one before has done.
      stack.aws.ec2.setRequestBuckets({});
      const command = new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' });
      const {
        $metadata,
        Payload: answer,
        FunctionError: error,
        LogResult: log = '',
      } = await client.send(command, { abortSignal });
      const payload = answer?.transformToString() ?? '';
      const requestId = $metadata.requestId ?? '';
      const report = reports.get(requestId);
      reports.delete(requestId);
      if (report === undefined) throw new Error(`Cannot measure ${FunctionName}: nobody reported invocation ${requestId}`);
      const failure = error === undefined ? undefined : failureOf(payload, Buffer.from(log, 'base64').toString());
      return { payload, failure, sample: sampleOf(report) };
    },
    [Symbol.asyncDispose]: close,
  };
}

/** The init phase is part of what whoever waits for the answer waits for, in both kinds of time. */
function sampleOf({ durationMs, billedMs, initMs, cpuMs, initCpuMs = 0 }: InvocationReport): Sample {
  return { durationMs, billedMs, initMs, cpuMs: cpuMs === undefined ? undefined : cpuMs + initCpuMs };
}

function failureOf(payload: string, logTail: string): FunctionFailure {
  const { errorType = 'Error', errorMessage = '' } = JSON.parse(payload || '{}') ?? {};
  return { errorType: String(errorType), errorMessage: String(errorMessage), logTail };
}
