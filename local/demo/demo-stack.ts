import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { unlessAborted } from '../command-line/stop-signal.ts';
import { createFleet } from '../ec2/fleet.ts';
import type { ServiceName } from '../endpoint/service.ts';
import { embeddedEnvironment } from '../environment/embedded-environment.ts';
import { startStack } from '../stack/stack.ts';
import type { FunctionModel } from '../template/model.ts';
import { readTemplate } from '../template/read-template.ts';
import { functionOfHandler } from './function-of-handler.ts';
import { openSurroundings, type SampleOptions } from './sample-surroundings.ts';

export interface DemoStackOptions extends SampleOptions {
  readonly instanceCount: number;
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
  const stack = await startStack({ model, ec2: { fleet }, lambda: { limits: { updateMs: 0 } }, onCall, signal });
  const { aws } = stack;
  // Of this process: its own clients are to find nothing else.
  process.env = embeddedEnvironment(stack.url);
  const lambda = new LambdaClient();
  const close = async (): Promise<void> => {
    lambda.destroy();
    await stack.close();
  };

  async function setUp(): Promise<void> {
    const setting = { MemorySize: options.memoryMb, Timeout: TIMEOUT_SECONDS };
    const prepare = async ({ functionName: FunctionName }: FunctionModel): Promise<void> => {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...setting }));
      // An event that each refuses: what a cold start takes is not compared.
      await lambda.send(new InvokeCommand({ FunctionName, Payload: '{ "isWarmUp": true }' }));
    };
    await Promise.all(model.functions.map(prepare));
    const hasSamples = await openSurroundings(stack, options);
    if (!hasSamples) throw new Error('Cannot put what the jobs read: no function of template.yaml names its buckets');
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
      const { functionName: FunctionName } = functionOfHandler(model, handlerName);
      const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
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
