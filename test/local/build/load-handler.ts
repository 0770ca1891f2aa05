import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BuiltFunction } from '../../../local/build/build-outcome.ts';

/** The handler as Lambda's runtime finds it: by the part before the last dot, with one of three extensions. */
const LOAD = `
const [root, handler, event] = process.argv.slice(1);
const { existsSync } = require('node:fs');
const [file, name] = [handler.slice(0, handler.lastIndexOf('.')), handler.slice(handler.lastIndexOf('.') + 1)];
const path = ['.js', '.mjs', '.cjs'].map((extension) => root + '/' + file + extension).find(existsSync);
import(path).then(async (module) => {
  console.log(JSON.stringify(event ? await module[name](JSON.parse(event)) : typeof module[name]));
  process.exit();
});
`;

/** Loads a built handler in a process of its own, with its variables and layers and nothing else, and calls it if there is an event. */
export async function loadHandler({ taskRoot, model }: BuiltFunction, event?: unknown): Promise<unknown> {
  const { handler, variables, layerFolders, memoryMb } = model;
  const args = ['--eval', LOAD, taskRoot, handler, ...(event === undefined ? [] : [JSON.stringify(event)])];
  const env = {
    ...variables,
    NODE_PATH: layerFolders.map((folder) => `${folder}/nodejs/node_modules`).join(':'),
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: taskRoot,
    env,
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  return JSON.parse(stdout);
}
