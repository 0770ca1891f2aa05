import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createEnvironmentFleet, type FleetParts } from '../../../local/lambda/environment/environment-fleet.ts';
import type { EnvironmentSettings } from '../../../local/lambda/environment/environment-settings.ts';
import type { EnvironmentFleet, Invocation, InvocationResult, LogEntry } from '../../../local/lambda/environment/invocation.ts';
import { detectResourceControl } from '../../../local/lambda/environment/limits/resource-control.ts';

export const FUNCTIONS = fileURLToPath(new URL('./functions', import.meta.url));

export const control = detectResourceControl();

export interface TestFleet extends EnvironmentFleet {
  /** All that was logged. */
  readonly entries: readonly LogEntry[];
  /** With an event, and an answer that is parsed. */
  send(event?: unknown, more?: Partial<Invocation>): Promise<Sent>;
}

interface Sent extends InvocationResult {
  readonly requestId: string;
  // biome-ignore lint/suspicious/noExplicitAny: Whatever the function under test answers.
  readonly answer: any;
}

export interface TestSettings extends Partial<EnvironmentSettings>, Partial<FleetParts> {
  /** File in `functions/`, without its extension. */
  readonly of: string;
}

/** A fleet of one of the functions in `functions/`. */
export function startFleet({ of, initPhaseMs = 10_000, control: ownControl = control, ...settings }: TestSettings): TestFleet {
  const entries: LogEntry[] = [];
  const fleet = createEnvironmentFleet(
    {
      functionName: of,
      version: '$LATEST',
      handler: `${of}.handler`,
      runtime: 'nodejs24.x',
      memoryMb: 1769,
      timeoutMs: 20_000,
      variables: {},
      logFormat: 'Text',
      taskRoot: FUNCTIONS,
      layerFolders: [],
      region: 'us-east-1',
      endpointUrl: 'http://127.0.0.1:1',
      ...settings,
    },
    { control: ownControl, initPhaseMs, onLog: (entry) => entries.push(entry) },
  );
  async function send(event: unknown = {}, more: Partial<Invocation> = {}): Promise<Sent> {
    const requestId = randomUUID();
    const invokedFunctionArn = `arn:aws:lambda:us-east-1:123456789012:function:${of}`;
    const payload = JSON.stringify(event);
    const result = await fleet.invoke({ requestId, payload, invokedFunctionArn, traceId: 'Root=1-0-0', ...more });
    return { ...result, requestId, answer: JSON.parse(result.payload) };
  }
  return {
    entries,
    send,
    invoke: fleet.invoke,
    get environmentCount() {
      return fleet.environmentCount;
    },
    retire: fleet.retire,
    close: fleet.close,
    [Symbol.asyncDispose]: fleet.close,
  };
}
