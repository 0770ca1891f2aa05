import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildError } from '../build/build-error.ts';
import type { BuildOutcome } from '../build/build-outcome.ts';
import type { DeployedFunction } from '../lambda/configuration.ts';
import type { FunctionModel } from '../template/model.ts';

/**
 * A function as Lambda is given it. In place of code that could not be built there is some that fails with the reason.
 *
 * @param outFolder - Has a new folder for each such function.
 */
export async function deployedFunction(outcome: BuildOutcome, outFolder: string): Promise<DeployedFunction> {
  const { model } = outcome;
  if (outcome.status === 'built') return { model, taskRoot: outcome.taskRoot };
  const taskRoot = join(outFolder, `${model.logicalId}.unbuilt`);
  const file = join(taskRoot, fileOf(model));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, codeThatFails(outcome.error));
  return { model, taskRoot };
}

/** Where the runtime looks first. */
function fileOf({ handler }: FunctionModel): string {
  return `${handler.slice(0, handler.lastIndexOf('.'))}.js`;
}

/** Its trace would only lead here. */
function codeThatFails({ name, message }: BuildError): string {
  return `throw Object.assign(new Error(${JSON.stringify(message)}), ${JSON.stringify({ name, stack: `${name}: ${message}` })});\n`;
}
