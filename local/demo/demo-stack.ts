import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { unlessAborted } from '../command-line/stop-signal.ts';
import { createFleet } from '../ec2/fleet.ts';
import type { ServiceName } from '../endpoint/service.ts';
import { embeddedEnvironment } from '../environment/embedded-environment.ts';
import { startStack } from '../stack/stack.ts';
import type { FunctionModel } from '../template/model.ts';
import { readTemplate } from '../template/read-template.ts';
import { demoBucketsOf } from './demo-buckets.ts';
import { type DemoCounts, putDemoData } from './demo-data.ts';

export interface DemoStackOptions extends DemoCounts {
  readonly instanceCount: number;
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
  /** Of all functions, in MB. */
  readonly memoryMb: number;
}

/** `template.yaml` on this machine, with what the jobs read. */
export interface DemoStack extends AsyncDisposable {
  /** Why the functions have more CPU and memory than their setting says; absent where they have not. */
  readonly unlimitedReason: string | undefined;
  /** @throws An `Error` with what the function said, if it failed. */
  invoke(handlerName: string, event: object): Promise<unknown>;
  /** Requests that came in so far, as the service saw them. */
  callCount(service: ServiceName): number;
  /** EC2's request buckets are those of an account at rest again. */
  refillRequestBuckets(): void;
}

const TEMPLATE = fileURLToPath(new URL('../../template.yaml', import.meta.url));
/** The longest that Lambda allows: jobs take as long as they are asked to. */
const TIMEOUT_SECONDS = 900;

/** @throws The reason of `signal` when it aborts. */
export async function startDemoStack(options: DemoStackOptions, signal: AbortSignal): Promise<DemoStack> {
  const callCounts: Record<string, number> = {};
  const onCall = (service: ServiceName): void => {
    callCounts[service] = (callCounts[service] ?? 0) + 1;
  };
  const fleet = createFleet({ instanceCount: options.instanceCount });
  const model = await readTemplate(TEMPLATE);
  // An update is done at once: there is nothing to wait for.
  const stack = await startStack({ model, ec2: { fleet }, lambda: { limits: { updateMs: 0 } }, onCall });
  const { aws } = stack;
  // Of this process: its own clients are to find nothing else.
  process.env = embeddedEnvironment(stack.url);
  const lambda = new LambdaClient();
  const close = async (): Promise<void> => {
    lambda.destroy();
    await stack.close();
  };

  function functionNameOf(handlerName: string): string {
    const found = model.functions.find(({ handler }) => handler.startsWith(`${handlerName}.`));
    if (found === undefined) throw new Error(`Cannot run ${handlerName}: template.yaml has no function with this handler`);
    return found.functionName;
  }

  async function setUp(): Promise<void> {
    const buckets = demoBucketsOf(model.functions);
    if (buckets === undefined) throw new Error('Cannot put what the jobs read: no function of template.yaml names its buckets');
    const s3 = new S3Client();
    await putDemoData(s3, buckets, options);
    s3.destroy();
    const setting = { MemorySize: options.memoryMb, Timeout: TIMEOUT_SECONDS };
    const prepare = async ({ functionName: FunctionName }: FunctionModel): Promise<void> => {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...setting }));
      // An event that each refuses: what a cold start takes is not compared.
      await lambda.send(new InvokeCommand({ FunctionName, Payload: '{ "isWarmUp": true }' }));
    };
    await Promise.all(model.functions.map(prepare));
    aws.configure('s3', { latencyMs: options.s3LatencyMs });
    aws.configure('ec2', { latencyMs: options.ec2LatencyMs });
    stack.deliverNotifications();
  }

  try {
    await unlessAborted(signal, setUp());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    unlimitedReason: stack.control.reason,
    async invoke(handlerName, event) {
      const command = new InvokeCommand({ FunctionName: functionNameOf(handlerName), Payload: JSON.stringify(event) });
      const { Payload: payload, FunctionError: functionError } = await lambda.send(command);
      const answer = JSON.parse(payload?.transformToString() ?? 'null');
      if (functionError !== undefined) throw new Error(`Cannot run ${handlerName}: ${answer.errorType}: ${answer.errorMessage}`);
      return answer;
    },
    callCount: (service) => callCounts[service] ?? 0,
    refillRequestBuckets: () => aws.ec2.setRequestBuckets({}),
    [Symbol.asyncDispose]: close,
  };
}
