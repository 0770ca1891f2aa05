import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { readBuiltTemplate } from '../build/read-built-template.ts';
import { unlessAborted } from '../command-line/stop-signal.ts';
import { openSurroundings, type SampleOptions } from '../demo/sample-surroundings.ts';
import { createFleet } from '../ec2/fleet.ts';
import { EMBEDDED_REGION, embeddedEnvironment } from '../environment/embedded-environment.ts';
import type { LogEntry } from '../lambda/environment/invocation.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import type { FunctionModel, TemplateModel } from '../template/model.ts';
import { readTemplate } from '../template/read-template.ts';

export interface LocalOptions extends Required<SampleOptions> {
  readonly templateFile: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly isSamBuild: boolean;
  readonly isWatching: boolean;
  readonly port: number;
  readonly folder: string | undefined;
  readonly instanceCount: number;
  /** Invocations at once in an environment of Lambda Managed Instances; absent for functions as they usually are. */
  readonly maxConcurrency: number | undefined;
}

/** The runtime's own threads: 8 per vCPU on Lambda (aws-lambda-ric 4.0.2), of which this many are enough for one machine. */
const MANAGED_WORKERS = 4;
/**
 * An environment of Managed Instances has at least one vCPU, and 2 GiB for each:
 * https://docs.aws.amazon.com/lambda/latest/api/API_LambdaManagedInstancesCapacityProviderConfig.html
 */
const MANAGED_MIN_MEMORY_MB = 2048;

/**
 * The stack of `npm run local`: with samples in its buckets, and with what happens in it on stderr.
 *
 * @throws The reason of `signal` when it aborts.
 */
export async function openLocal(options: LocalOptions, signal: AbortSignal): Promise<Stack> {
  const { templateFile, parameters, isSamBuild, isWatching, port, folder, maxConcurrency } = options;
  const read = isSamBuild ? readSamBuild(templateFile, parameters) : readTemplate(templateFile, { parameters });
  const model = await read;
  const stack = await startStack({
    model: maxConcurrency === undefined ? model : asManaged(model),
    port,
    s3: folder === undefined ? {} : { folder },
    ec2: { fleet: createFleet({ instanceCount: options.instanceCount, region: EMBEDDED_REGION }) },
    ...(maxConcurrency !== undefined && { managedInstances: { maxConcurrency, workerCount: MANAGED_WORKERS } }),
    isWatching: isWatching && !isSamBuild,
    signal,
    onBuildError: ({ message }) => say('red', message),
    onRebuilt: (functionName) => say('green', `${functionName} has new code`),
    onMessage: (message) => say('yellow', message),
    onLog: writeLog,
  });
  try {
    process.env = embeddedEnvironment(stack.url);
    await unlessAborted(signal, openSurroundings(stack, options));
    return stack;
  } catch (error) {
    await stack.close();
    throw error;
  }
}

function asManaged(model: TemplateModel): TemplateModel {
  const large = (each: FunctionModel): FunctionModel => ({ ...each, memoryMb: Math.max(each.memoryMb, MANAGED_MIN_MEMORY_MB) });
  return { ...model, functions: model.functions.map(large) };
}

async function readSamBuild(templateFile: string, parameters: LocalOptions['parameters']): Promise<TemplateModel> {
  const folder = join(dirname(templateFile), '.aws-sam', 'build');
  if (!existsSync(folder)) throw new TypeError(`Cannot run what sam build has made: there is no ${folder}; run sam build`);
  return await readBuiltTemplate(folder, { parameters });
}

function writeLog({ functionName, text }: LogEntry): void {
  console.error(`${styleText('dim', functionName, { stream: process.stderr })} ${text}`);
}

function say(colour: 'red' | 'green' | 'yellow', message: string): void {
  console.error(styleText(colour, message, { stream: process.stderr }));
}
