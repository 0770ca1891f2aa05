import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the real runtime client. */
const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric');

/** What `/var/runtime` is on Lambda. */
export const RUNTIME_FOLDER = dirname(RUNTIME_CLIENT);

const BLOCKING_OUTPUT = fileURLToPath(new URL('./runtime/blocking-output.cjs', import.meta.url));
const RAPID_CLIENT = fileURLToPath(new URL('./runtime/rapid-client.cjs', import.meta.url));

/**
 * The command line of a runtime process: Node, its flags as on Lambda, the runtime client.
 *
 * Flags from `/var/runtime/bootstrap` of the image `public.ecr.aws/lambda/nodejs`: a tenth of the memory is new space, in two semi-spaces.
 */
export function runtimeCommand(memoryMb: number): string[] {
  const newSpaceMb = Math.floor(memoryMb / 10);
  return [
    process.execPath,
    '--expose-gc',
    '--max-http-header-size',
    '81920',
    `--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`,
    `--max-old-space-size=${memoryMb - newSpaceMb}`,
    '--require',
    BLOCKING_OUTPUT,
    // Where the runtime client's native part was built, it is used.
    ...(existsSync(join(RUNTIME_FOLDER, 'rapid-client.node')) ? [] : ['--require', RAPID_CLIENT]),
    RUNTIME_CLIENT,
  ];
}
