import { fileURLToPath } from 'node:url';
import {
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { embeddedVariables } from '../../local/environment/embedded-environment.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { readTemplate } from '../../local/template/read-template.ts';

export interface BenchStack extends AsyncDisposable {
  readonly stack: Stack;
  /** Calls the function over HTTP, as any client does. */
  invoke(functionName: string, event: unknown): Promise<Invoked>;
  /** Sets the memory; the next invocation is a cold start. */
  setMemory(functionName: string, memoryMb: number): Promise<void>;
  /** Makes the next invocation a cold start. */
  cool(functionName: string): Promise<void>;
}

interface Invoked {
  readonly value: unknown;
  /** As the caller saw it. */
  readonly roundTripMs: number;
  /** Of the REPORT line of a cold start. */
  readonly initMs: number | undefined;
}

/** The functions of `bench/lambda/template.yaml` on a local Lambda. */
export async function startBenchStack(): Promise<BenchStack> {
  const stack = await startStack({ model: await readTemplate(fileURLToPath(new URL('./template.yaml', import.meta.url))) });
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = embeddedVariables(stack.url);
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  let coolCount = 0;

  async function update(functionName: string, change: { MemorySize?: number; Description?: string }): Promise<void> {
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionName, ...change }));
    await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 10, minDelay: 1 }, { FunctionName: functionName });
  }

  return {
    stack,
    async invoke(functionName, event) {
      const startedAtMs = performance.now();
      const payload = Buffer.from(JSON.stringify(event));
      const command = new InvokeCommand({ FunctionName: functionName, LogType: 'Tail', Payload: payload });
      const { Payload, FunctionError, LogResult = '' } = await client.send(command);
      const roundTripMs = performance.now() - startedAtMs;
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) throw new Error(`Cannot measure ${functionName}: it failed with ${text}`);
      const log = Buffer.from(LogResult, 'base64').toString();
      return {
        value: JSON.parse(text),
        roundTripMs,
        initMs: numberIn(/\tInit Duration: ([\d.]+) ms/.exec(log)),
      };
    },
    setMemory: (functionName, memoryMb) => update(functionName, { MemorySize: memoryMb }),
    async cool(functionName) {
      coolCount += 1;
      await update(functionName, { Description: `cold start ${coolCount}` });
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await stack.close();
    },
  };
}

function numberIn(match: RegExpExecArray | null): number | undefined {
  return match === null ? undefined : Number(match[1]);
}
