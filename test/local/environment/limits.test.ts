import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openCgroup } from '../../../local/lambda/environment/limits/cgroup-group.ts';
import { hierarchyV2 } from '../../../local/lambda/environment/limits/cgroup-hierarchy.ts';
import { cgroupPlaces } from '../../../local/lambda/environment/limits/cgroup-places.ts';
import { unlimitedControl } from '../../../local/lambda/environment/limits/resource-control.ts';
import { visibleVcpus } from '../../../local/lambda/environment/limits/vcpus.ts';
import { cgroupFolders, isRunning } from './leftovers.ts';
import { control, startFleet } from './start-fleet.ts';

const V1 = 'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n';
const V2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n';

test('cgroups are made at the top of a hierarchy, else near our own', () => {
  const foldersOf = (mounts: string, memberships: string) =>
    cgroupPlaces(mounts, memberships).map((place) => place.map(({ folder }) => folder));
  expect(foldersOf(V1, '4:memory:/a/b\n2:cpu,cpuacct:/c\n')).toEqual([
    ['/sys/fs/cgroup/cpu,cpuacct', '/sys/fs/cgroup/memory'],
    ['/sys/fs/cgroup/cpu,cpuacct/c', '/sys/fs/cgroup/memory/a/b'],
  ]);
  expect(foldersOf(V2, '0::/user.slice/user-1000.slice/shell.scope\n')).toEqual([
    ['/sys/fs/cgroup'],
    ['/sys/fs/cgroup/user.slice/user-1000.slice'],
    ['/sys/fs/cgroup/user.slice'],
  ]);
  expect(foldersOf('proc /proc proc rw 0 0\n', '0::/\n')).toEqual([]);
});

test('CPU time is counted where it is mounted: beside the quota, in a tree of its own, or not at all', () => {
  const of = (mounts: string) =>
    cgroupPlaces(mounts, '')
      .at(0)
      ?.flatMap(({ folder, cpuTime }) => (cpuTime === undefined ? [] : join(folder, cpuTime.file)));
  const v1 = (controllers: string) => `cgroup /sys/fs/cgroup/${controllers} cgroup rw,${controllers} 0 0\n`;
  expect(of(V1)).toEqual(['/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage']);
  expect(of(v1('cpu') + v1('memory') + v1('cpuacct'))).toEqual(['/sys/fs/cgroup/cpuacct/cpuacct.usage']);
  expect(of(v1('cpu') + v1('memory'))).toEqual([]);
  expect(of(V2)).toEqual(['/sys/fs/cgroup/cpu.stat']);
});

test('a group of version 2 has a quota per 20 ms, a memory limit and no swap', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cgroup2-'));
  try {
    await mkdir(join(folder, 'ours'));
    const limits = { vcpuShare: 512 / 1769, memoryMb: 512 };
    const group = openCgroup([hierarchyV2(folder)], 'ours', 'one', limits);
    const written = (file: string) => readFile(join(folder, 'ours', 'one', file), 'utf8');
    expect(await written('cpu.max')).toBe('5789 20000');
    expect(await written('memory.max')).toBe(`${512 * 1024 * 1024}`);
    expect(await written('memory.swap.max')).toBe('0');
    expect(await readFile(join(folder, 'ours', 'cgroup.subtree_control'), 'utf8')).toBe('+cpu +memory');
    expect(group.memberFiles).toEqual([join(folder, 'ours', 'one', 'cgroup.procs')]);
    await writeFile(join(folder, 'ours', 'one', 'memory.peak'), '1048576\n');
    expect(group.peakMemoryBytes()).toBe(1_048_576);
    await writeFile(join(folder, 'ours', 'one', 'cpu.stat'), 'usage_usec 1234500\nuser_usec 1000000\nsystem_usec 234500\n');
    expect(group.cpuMs()).toBe(1234.5);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a function sees as many cores as on Lambda', () => {
  expect([128, 1769, 3538, 3539, 5308, 7077, 8846, 10_240].map(visibleVcpus)).toEqual([2, 2, 2, 3, 4, 5, 6, 6]);
});

test.runIf(control.isLimited)('a function gets the CPU share of its memory setting', async () => {
  await using fleet = startFleet({ of: 'spins', memoryMb: 442 });
  await fleet.send({ ms: 1 });
  const { answer } = await fleet.send({ ms: 400 });
  expect(answer.share).toBeGreaterThan(0.1);
  // A quarter of a vCPU: without a limit it would be one, or what a busy machine leaves of it.
  expect(answer.share).toBeLessThan(0.4);
});

test.runIf(control.isLimited)(
  'the CPU time of an invocation is its own, in all its processes, and that of a cold start apart',
  async () => {
    await using fleet = startFleet({ of: 'spins' });
    const cold = await fleet.send({ ms: 100 });
    const warm = await fleet.send({ ms: 1 });
    // What a busy machine leaves of it counts, not the time on the clock. The kernel counts in ticks.
    expect(cold.report.cpuMs).toBeGreaterThan(0.9 * cold.answer.share * 100 - 5);
    expect(cold.report.initCpuMs).toBeGreaterThan(5);
    expect(warm.report.initCpuMs).toBeUndefined();
    expect(warm.report.cpuMs).toBeLessThan(cold.report.cpuMs ?? 0);
  },
);

test.runIf(control.isLimited)(
  'a group ends with what a function has left in it, and the last one takes the folder with it',
  async () => {
    await using fleet = startFleet({ of: 'starts-process' });
    const { answer } = await fleet.send();
    const membership = await readFile(`/proc/${answer.pid}/cgroup`, 'utf8');
    expect(membership).toContain(`/lambda-parallel-${process.pid}/`);
    await fleet.close();
    await vi.waitFor(() => expect(isRunning(answer.pid)).toBe(false));
    expect(cgroupFolders(process.pid)).toEqual([]);
  },
);

test('where nothing can be limited, functions run, and the memory they use is told', async () => {
  const unlimited = unlimitedControl('Cannot limit anything: this is a test');
  expect(unlimited).toMatchObject({ isLimited: false, reason: 'Cannot limit anything: this is a test' });
  await using fleet = startFleet({ of: 'echo', control: unlimited, memoryMb: 512 });
  const { answer, report } = await fleet.send('hello');
  expect(answer.event).toBe('hello');
  expect(report.cpuMs).toBeUndefined();
  if (process.platform === 'linux') expect(report.maxMemoryUsedMb).toBeGreaterThan(30);
});
