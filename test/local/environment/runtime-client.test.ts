import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { processVariables } from '../../../local/lambda/environment/process-variables.ts';
import { runtimeCommand } from '../../../local/lambda/environment/runtime-command.ts';
import { FUNCTIONS } from './start-fleet.ts';

const settings = {
  functionName: 'any',
  version: '$LATEST',
  runtime: 'nodejs24.x',
  memoryMb: 512,
  timeoutMs: 1_000,
  variables: {},
  logFormat: 'Text',
  taskRoot: FUNCTIONS,
  layerFolders: [],
  region: 'us-east-1',
  endpointUrl: 'http://127.0.0.1:1',
} as const;

/**
 * The runtime client with a function, against a Runtime API of this test; until its process has ended.
 *
 * @returns Its exit code; `null` where it was a signal, as under the native part of the client.
 */
async function runAgainst(
  handler: string,
  serve: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<number | null> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const runtimeApi = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = processVariables({ ...settings, handler }, { runtimeApi, logStream: 'one', temporaryFolder: '/nowhere' });
  const [program = '', ...args] = runtimeCommand(settings.memoryMb);
  const child = spawn(program, args, { cwd: FUNCTIONS, env, stdio: 'ignore' });
  try {
    const [code] = await once(child, 'exit');
    return code;
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
}

function giveInvocation(response: ServerResponse, event: unknown): void {
  const body = Buffer.from(JSON.stringify(event));
  response.writeHead(200, {
    // Without these two the native part of the client crashes.
    'content-type': 'application/json',
    'content-length': body.length,
    'lambda-runtime-aws-request-id': 'one',
    'lambda-runtime-deadline-ms': `${Date.now() + 1_000}`,
    'lambda-runtime-invoked-function-arn': 'arn',
  });
  response.end(body);
}

test('the runtime client posts an error with its cause for X-Ray, and ends where it is given no more', async () => {
  const posted: { url: string; cause: string; body: string }[] = [];
  const code = await runAgainst('throws.handler', async (request, response) => {
    if (request.method === 'GET' && posted.length === 0) return giveInvocation(response, { message: 'größer' });
    if (request.method === 'GET') return response.writeHead(500).end();
    const cause = String(request.headers['lambda-runtime-function-xray-error-cause']);
    posted.push({ url: request.url ?? '', cause: Buffer.from(cause, 'latin1').toString(), body: await text(request) });
    response.writeHead(202).end();
  });
  expect(code).not.toBe(0);
  expect(posted).toHaveLength(1);
  expect(posted[0]?.url).toBe('/2018-06-01/runtime/invocation/one/error');
  expect(JSON.parse(posted[0]?.body ?? '')).toMatchObject({ errorType: 'RangeError', errorMessage: 'größer' });
  expect(JSON.parse(posted[0]?.cause ?? '').exceptions).toEqual([
    expect.objectContaining({ type: 'RangeError', message: 'größer' }),
  ]);
});

test('the runtime client ends where the Runtime API is gone when it answers', async () => {
  const code = await runAgainst('echo.handler', (request, response) => {
    if (request.method === 'GET') giveInvocation(response, {});
    else request.socket.resetAndDestroy();
    // Whatever comes next finds nobody.
    if (request.method === 'POST') (request.socket as unknown as { server: ReturnType<typeof createServer> }).server.close();
  });
  expect(code).not.toBe(0);
});
