import { readFile } from 'node:fs/promises';
import { vi } from 'vitest';
import { embeddedEnvironment } from '../../local/environment/embedded-environment.ts';
import { type EmbeddedAws, type EmbeddedAwsOptions, startEmbeddedAws } from '../../local/index.ts';
import { lambdaContext } from './lambda-context.ts';

export interface Deployed extends AsyncDisposable {
  readonly aws: EmbeddedAws;
  /** Calls the handler as Lambda does: a fresh module, an event that went through JSON. */
  invoke(event: unknown, remainingMs?: number): Promise<Record<string, unknown>>;
}

/** A handler in an environment of its own, with an embedded AWS behind it. */
export async function deploy(
  name: string,
  options: EmbeddedAwsOptions = {},
  variables: Record<string, string> = {},
): Promise<Deployed> {
  const aws = await startEmbeddedAws(options);
  const logged = withoutMetrics();
  const remove = async (): Promise<void> => {
    logged.mockRestore();
    vi.unstubAllEnvs();
    await aws.close();
  };
  try {
    const environment = { ...embeddedEnvironment(aws.url), ...variables };
    for (const variable of Object.keys(process.env)) if (!(variable in environment)) vi.stubEnv(variable, undefined);
    for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
    vi.resetModules();
    const module: { handler: (event: unknown, context: unknown) => Promise<Record<string, unknown>> } = await import(
      `../../handlers/${name}.ts`
    );
    return {
      aws,
      invoke: (event, remainingMs) => module.handler(JSON.parse(JSON.stringify(event)), lambdaContext(remainingMs)),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Handlers log what CloudWatch is to make metrics of: on Lambda it is for nobody to read, nor is it here. */
function withoutMetrics() {
  const write = process.stdout.write.bind(process.stdout);
  return vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    if (String(chunk).startsWith('{"_aws":')) return true;
    return (write as (...args: unknown[]) => boolean)(chunk, ...rest);
  });
}

export async function sampleEvent(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(`handlers/events/${name}.json`, 'utf8'));
}
