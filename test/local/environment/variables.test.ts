import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { RUNTIME_FOLDER } from '../../../local/lambda/environment/runtime-command.ts';
import { FUNCTIONS, startFleet } from './start-fleet.ts';

test('a function has the variables of Lambda, its own, and none of this machine', async () => {
  vi.stubEnv('OF_THIS_MACHINE', 'secret');
  vi.stubEnv('AWS_PROFILE', 'mine');
  await using fleet = startFleet({
    of: 'tells',
    version: '3',
    memoryMb: 1024,
    region: 'eu-central-1',
    endpointUrl: 'http://127.0.0.1:4566',
    variables: { BUCKET: 'photos', TZ: 'Europe/Berlin', AWS_REGION: 'ours-comes-first', AWS_LAMBDA_FUNCTION_NAME: 'not-this' },
  });
  const { answer } = await fleet.send();
  vi.unstubAllEnvs();
  const { variables, temporaryFolder } = answer;
  expect(variables).toEqual({
    _HANDLER: 'tells.handler',
    _X_AMZN_TRACE_ID: 'Root=1-0-0',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_FUNCTION_NAME: 'tells',
    AWS_LAMBDA_FUNCTION_VERSION: '3',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/tells',
    AWS_LAMBDA_LOG_STREAM_NAME: fleet.entries[0]?.logStream,
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    AWS_REGION: 'eu-central-1',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    BUCKET: 'photos',
    HOME: temporaryFolder,
    LAMBDA_RUNTIME_DIR: RUNTIME_FOLDER,
    LAMBDA_TASK_ROOT: FUNCTIONS,
    LANG: 'en_US.UTF-8',
    LD_LIBRARY_PATH: expect.stringContaining(`${FUNCTIONS}:`),
    NODE_PATH: expect.stringMatching(`:${FUNCTIONS}$`),
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    // The shell that puts the process into its group.
    ...(variables.PWD === undefined ? {} : { PWD: FUNCTIONS }),
    TMPDIR: temporaryFolder,
    TZ: 'Europe/Berlin',
  });
  expect(answer.folder).toBe(FUNCTIONS);
  expect(answer.homeFolder).toBe(temporaryFolder);
  expect(answer.execArgv).toEqual(
    expect.arrayContaining(['--expose-gc', '--max-old-space-size=922', '--max-semi-space-size=51']),
  );
});

test('JSON logs and Managed Instances have variables of their own', async () => {
  const { processVariables } = await import('../../../local/lambda/environment/process-variables.ts');
  const settings = {
    functionName: 'any',
    version: '$LATEST',
    handler: 'any.handler',
    runtime: 'nodejs22.x',
    memoryMb: 2048,
    timeoutMs: 1_000,
    variables: {},
    logFormat: 'JSON',
    taskRoot: '/task',
    layerFolders: ['/layer'],
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:1',
    maxConcurrency: 8,
    workerCount: 2,
  } as const;
  const place = { runtimeApi: '127.0.0.1:2', logStream: 'stream', temporaryFolder: '/temporary' };
  expect(processVariables(settings, place)).toMatchObject({
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'lambda-managed-instances',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    AWS_LAMBDA_MAX_CONCURRENCY: '8',
    AWS_LAMBDA_NODEJS_WORKER_COUNT: '2',
    LD_LIBRARY_PATH: expect.stringMatching(/:\/layer\/lib$/),
    NODE_PATH: expect.stringMatching(/^\/layer\/nodejs\/node22\/node_modules:\/layer\/nodejs\/node_modules:/),
  });
});

test('layers are where /opt is searched: modules, commands', async () => {
  const layer = await mkdtemp(join(tmpdir(), 'layer-'));
  try {
    const modules: Record<string, string> = { node24: 'from-layer-24', '': 'from-layer' };
    for (const [folder, name] of Object.entries(modules)) {
      const path = join(layer, 'nodejs', folder, 'node_modules', name);
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'index.js'), `module.exports = 'hello ${name}';`);
    }
    await mkdir(join(layer, 'bin'));
    await writeFile(join(layer, 'bin', 'layer-command'), '#!/bin/sh\necho at your command\n');
    await chmod(join(layer, 'bin', 'layer-command'), 0o755);

    await using fleet = startFleet({ of: 'uses-layer', layerFolders: [layer] });
    expect((await fleet.send()).answer).toEqual({ greeting: 'hello from-layer', other: 'hello from-layer-24' });
    await using tells = startFleet({ of: 'tells', layerFolders: [layer] });
    expect((await tells.send()).answer.command).toBe('at your command\n');
  } finally {
    await rm(layer, { recursive: true });
  }
});
