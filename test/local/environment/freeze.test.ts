import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { startAnsweringServer } from './answering-server.ts';
import { control, startFleet } from './start-fleet.ts';

/** A letter: `T` is stopped. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

test.runIf(process.platform === 'linux')(
  'an environment is stopped between invocations, with the timers it has left behind',
  async () => {
    await using fleet = startFleet({ of: 'leaks-timer' });
    const { answer } = await fleet.send();
    await vi.waitFor(async () => expect(await stateOf(answer.pid)).toBe('T'));
    const second = await fleet.send();
    expect(second.answer.pid).toBe(answer.pid);
    await vi.waitFor(async () => expect(await stateOf(answer.pid)).toBe('T'));
  },
);

test.runIf(control.isLimited)('what a function has started in a session of its own is stopped with it', async () => {
  await using fleet = startFleet({ of: 'starts-process' });
  const { answer } = await fleet.send();
  await vi.waitFor(async () => expect(await stateOf(answer.pid)).toBe('T'));
});

test('where a server has closed the idle sockets of a frozen environment, the next invocation opens new ones', async () => {
  await using server = await startAnsweringServer();
  await using fleet = startFleet({ of: 'fetches' });
  const roundCount = 40;
  for (let round = 1; round <= roundCount; round++) {
    const sent = fleet.send({ url: server.url });
    (await server.untilAsked(round))[round - 1]?.answer(`${round}`);
    expect((await sent).answer.text).toBe(`${round}`);
    server.closeConnections();
  }
  expect(server.connectionCount).toBe(roundCount);
  expect(fleet.environmentCount).toBe(1);
});
