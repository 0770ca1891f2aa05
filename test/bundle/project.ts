import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'lambda-parallel-bundle-'));

/** A user's project in a folder of its own: the fixtures, with the library as npm installs it. Remove it at the end. */
export async function createProject(): Promise<string> {
  const project = await newFolder();
  try {
    await cp('test/bundle/fixtures', project, { recursive: true });
    await install(join(project, 'node_modules'));
    return project;
  } catch (error) {
    await rm(project, { recursive: true });
    throw error;
  }
}

async function install(modules: string): Promise<void> {
  const library = join(modules, 'lambda-parallel');
  await installLibrary(library);
  const { dependencies } = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@middy/core', 'esbuild']) {
    const link = join(modules, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(resolve('node_modules', name), link);
  }
}

/** `npm run build && npm pack`, on a copy: other tests use this folder. */
async function installLibrary(folder: string): Promise<void> {
  const copy = await newFolder();
  try {
    const files = ['src', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE'];
    for (const file of files) await cp(file, join(copy, file), { recursive: true });
    await symlink(resolve('node_modules'), join(copy, 'node_modules'));
    await run('npm', ['run', 'build'], { cwd: copy }).catch(({ message, stdout }) => {
      throw new Error(`${message}${stdout}`);
    });
    await run('npm', ['pack'], { cwd: copy });
    const { name, version } = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
    await mkdir(folder, { recursive: true });
    await run('tar', ['-xzf', join(copy, `${name}-${version}.tgz`), '-C', folder, '--strip-components=1']);
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** How an invocation ended: `error` is what loading the handler or calling it threw. */
export type Invocation = { readonly result: unknown } | { readonly error: Readonly<Record<string, unknown>> };

/** Loads the handler and calls it, as Lambda does. */
const CALL = `
const [file, event] = process.argv.slice(1);
const context = { getRemainingTimeInMillis: () => 30_000 };
import(file).then(({ handler }) => handler(JSON.parse(event), context)).then(
  (result) => ({ result }),
  ({ name, message, code, input, stack }) => ({ error: { name, message, code, input, stack } }),
).then((invocation) => console.log(JSON.stringify(invocation)));
`;

/** Deploys what a build made into an empty folder, with no package anywhere near, and invokes a handler there. */
export async function invokeDeployed(
  built: string,
  { handler, event, nodeOptions = '' }: { handler: string; event: unknown; nodeOptions?: string },
): Promise<Invocation> {
  const task = await newFolder();
  try {
    await cp(built, task, { recursive: true });
    const args = ['--eval', CALL, join(task, `${handler}.js`), JSON.stringify(event)];
    const env = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '3538', NODE_OPTIONS: nodeOptions };
    const { stdout } = await run(process.execPath, args, { cwd: task, env });
    return JSON.parse(stdout);
  } finally {
    await rm(task, { recursive: true });
  }
}
