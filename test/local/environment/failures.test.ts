import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startAnsweringServer } from './answering-server.ts';
import { control, FUNCTIONS, startFleet } from './start-fleet.ts';

test.each([true, false])(
  'a function that never returns (busy: %s) is killed at its timeout, with the error of Lambda',
  async (isBusy) => {
    await using fleet = startFleet({ of: 'never-returns', timeoutMs: 500 });
    const { answer, isFunctionError, logTail, report, requestId } = await fleet.send({ isBusy });
    expect(isFunctionError).toBe(true);
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after 0.50 seconds`;
    expect(answer).toEqual({ errorType: 'Sandbox.Timedout', errorMessage });
    expect(report.durationMs).toBe(500);
    expect(logTail).toContain('INFO\tstarting\n');
    expect(logTail).toMatch(new RegExp(`^\\d{4}-\\S+Z ${requestId} Task timed out after 0.50 seconds$`, 'm'));
    expect(logTail).toMatch(/REPORT .*\tStatus: timeout\n$/);
    expect(fleet.environmentCount).toBe(0);
  },
);

test.runIf(control.isLimited)('a function that takes more memory than it has is killed for it', async () => {
  await using fleet = startFleet({ of: 'allocates', memoryMb: 192 });
  const { answer, report, requestId } = await fleet.send();
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  expect(answer).toEqual({ errorType: 'Runtime.ExitError', errorMessage });
  expect(report.maxMemoryUsedMb).toBeGreaterThan(180);
  expect(report.maxMemoryUsedMb).toBeLessThanOrEqual(192);
});

test.each([
  ['an error that nobody catches', {}, 'Runtime exited with error: exit status 1'],
  ['an exit with a status', { how: 'exit', code: 7 }, 'Runtime exited with error: exit status 7'],
  ['an exit without one', { how: 'exit', code: 0 }, 'Runtime exited without providing a reason'],
])('%s ends the environment with an error that says so', async (_, event, message) => {
  await using fleet = startFleet({ of: 'ends' });
  const first = await fleet.send(event);
  expect(first.isFunctionError).toBe(true);
  expect(first.answer).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${first.requestId} Error: ${message}`,
  });
  expect(first.logTail).toContain('\tINFO\tending\n');
  expect(first.logTail).toContain(`RequestId: ${first.requestId} Error: ${message}\nRuntime.ExitError\nEND `);
  expect(first.logTail).toMatch(/\tStatus: error\tError Type: Runtime.ExitError\n$/);
  expect((await fleet.send(event)).report.initMs).toBeGreaterThan(0);
});

test('what a function has answered counts, also where its process ends right after', async () => {
  await using fleet = startFleet({ of: 'ends-later' });
  expect((await fleet.send()).answer).toBe('answered');
});

test('killing an environment during an invocation loses that invocation alone', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ of: 'fetches' });
  const sent = [fleet.send({ url: server.url }), fleet.send({ url: server.url })];
  const [killed, other] = await server.untilAsked(2);
  process.kill(Number(killed?.query.get('pid')), 'SIGKILL');
  await vi.waitUntil(() => fleet.environmentCount === 1);
  other?.answer('fine');
  const results = await Promise.all(sent);
  expect(results.map(({ answer }) => answer.text ?? answer.errorType).sort()).toEqual(['Runtime.ExitError', 'fine']);
  const next = fleet.send({ url: server.url });
  (await server.untilAsked(3))[2]?.answer('next');
  expect((await next).answer.text).toBe('next');
});

test('an environment that is killed while it is free is replaced by the next invocation', async () => {
  await using fleet = startFleet({ of: 'echo' });
  const { answer } = await fleet.send();
  process.kill(answer.pid, 'SIGKILL');
  await vi.waitUntil(() => fleet.environmentCount === 0);
  expect((await fleet.send()).answer.count).toBe(1);
});

test.each([
  ['init-throws', 'RangeError', 'no configuration'],
  ['missing-module', 'Runtime.ImportModuleError', "Error: Cannot find module 'not-installed-anywhere'"],
  ['no-such-file', 'Runtime.ImportModuleError', "Error: Cannot find module 'no-such-file'"],
  ['not-a-function', 'Runtime.HandlerNotFound', 'not-a-function.handler is not a function'],
  ['takes-callback', 'Runtime.CallbackHandlerDeprecated', 'callback-based function handlers'],
])('an init phase that fails (%s) is a result, and is tried again', async (of, errorType, message) => {
  await using fleet = startFleet({ of });
  for (const _ of [1, 2]) {
    const { answer, isFunctionError, logTail, report } = await fleet.send();
    expect(isFunctionError).toBe(true);
    expect(answer).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
    expect(logTail).toContain(`\tPhase: init\tStatus: error\tError Type: ${errorType}\n`);
    expect(logTail).toContain(`\tPhase: invoke\tStatus: error\tError Type: ${errorType}\n`);
    expect(report.initMs).toBeUndefined();
    expect(fleet.environmentCount).toBe(0);
  }
});

test('a handler with a syntax error says so', async () => {
  const taskRoot = await mkdtemp(join(tmpdir(), 'syntax-error-'));
  try {
    await copyFile(join(FUNCTIONS, 'syntax-error.txt'), join(taskRoot, 'syntax-error.mjs'));
    await using fleet = startFleet({ of: 'syntax-error', taskRoot });
    expect((await fleet.send()).answer).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
  } finally {
    await rm(taskRoot, { recursive: true });
  }
});

test.each([
  ['0', 'Runtime exited without providing a reason'],
  ['4', 'Runtime exited with error: exit status 4'],
])('a process that exits in its init phase with status %s says so', async (exitCode, message) => {
  await using fleet = startFleet({ of: 'init-exits', variables: { EXIT_CODE: exitCode } });
  const { answer, requestId } = await fleet.send();
  expect(answer).toEqual({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${message}` });
});

test('an init phase that takes too long is repeated in the time of the invocation', async () => {
  await using fleet = startFleet({ of: 'init-hangs-once', initPhaseMs: 500 });
  const { answer, logTail, report } = await fleet.send();
  expect(answer).toBe('second chance');
  expect(logTail).toMatch(/^INIT_REPORT Init Duration: 500.00 ms\tPhase: init\tStatus: timeout\nSTART /);
  expect(report.initMs).toBeUndefined();
});

test('an init phase that hangs is a timeout', async () => {
  await using fleet = startFleet({ of: 'init-hangs', initPhaseMs: 200, timeoutMs: 300 });
  const { answer, logTail } = await fleet.send();
  expect(answer.errorType).toBe('Sandbox.Timedout');
  expect(logTail).toContain('INIT_REPORT Init Duration: 300.00 ms\tPhase: invoke\tStatus: timeout\n');
});

test('a folder that does not exist is a result that names what is wrong', async () => {
  await using fleet = startFleet({ of: 'echo', taskRoot: join(FUNCTIONS, 'nothing-here') });
  expect((await fleet.send()).answer.errorMessage).toMatch(/Cannot start the runtime: there is no folder .*nothing-here$/);
});
