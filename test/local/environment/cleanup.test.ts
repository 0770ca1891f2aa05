import { expect, test, vi } from 'vitest';
import { withParentsDeath } from '../../../local/lambda/environment/launch-tools.ts';
import { detectResourceControl } from '../../../local/lambda/environment/limits/resource-control.ts';
import { runScript } from '../../helpers/run-script.ts';
import { startAnsweringServer } from './answering-server.ts';
import { cgroupFolders, isRunning, temporaryFolders } from './leftovers.ts';
import { control, startFleet } from './start-fleet.ts';

const isLinux = process.platform === 'linux';

test.runIf(isLinux)('close() ends free and busy environments, and leaves no process, cgroup or temporary folder', async () => {
  await using server = await startAnsweringServer();
  const fleet = startFleet({ of: 'fetches' });
  const sent = [fleet.send({ url: server.url }), fleet.send({ url: server.url })];
  const asked = await server.untilAsked(2);
  const pids = asked.map(({ query }) => Number(query.get('pid')));
  asked[0]?.answer('free');
  await Promise.race(sent);
  await fleet.close();
  const results = await Promise.all(sent);
  expect(results.map(({ answer }) => answer.text ?? answer.errorType).sort()).toEqual(['Runtime.ExitError', 'free']);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(temporaryFolders(process.pid)).toEqual([]);
  expect(cgroupFolders(process.pid)).toEqual([]);
  expect(fleet.environmentCount).toBe(0);
  await expect(fleet.send()).rejects.toThrow('Cannot invoke fetches: its environments are closed');
});

test('close() in the middle of an init phase starts nothing again', async () => {
  const fleet = startFleet({ of: 'init-hangs' });
  const sent = fleet.send();
  await fleet.close();
  expect((await sent).answer.errorType).toBe('Runtime.ExitError');
  expect(temporaryFolders(process.pid)).toEqual([]);
  if (isLinux) expect(cgroupFolders(process.pid)).toEqual([]);
});

test.runIf(isLinux && withParentsDeath().length > 0)(
  'a process that is killed takes its environments along, frozen ones too, and what else it leaves the next one removes',
  async () => {
    const { stdout } = await runScript(`
      import { startFleet } from './test/local/environment/start-fleet.ts';
      const fleet = startFleet({ of: 'echo' });
      const { answer } = await fleet.send();
      process.stdout.write(JSON.stringify({ parent: process.pid, child: answer.pid }));
      process.kill(process.pid, 'SIGKILL');
    `);
    const { parent, child } = JSON.parse(stdout);
    await vi.waitFor(() => expect(isRunning(child)).toBe(false));
    expect(temporaryFolders(parent)).toHaveLength(1);
    if (control.isLimited) expect(cgroupFolders(parent)).not.toEqual([]);
    detectResourceControl();
    await using _fleet = startFleet({ of: 'echo' });
    expect(cgroupFolders(parent)).toEqual([]);
    expect(temporaryFolders(parent)).toEqual([]);
  },
);
