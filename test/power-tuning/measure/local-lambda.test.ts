import { expect, test, vi } from 'vitest';
import { openLocalLambda } from '../../../power-tuning/measure/local-lambda.ts';
import { invocationsAtOnce, splitByCores } from '../../../power-tuning/measure/tiers.ts';
import { collect } from '../../helpers/collect.ts';
import { startAnsweringServer } from '../../local/environment/answering-server.ts';
import { cgroupFolders, temporaryFolders } from '../../local/environment/leftovers.ts';
import { openFixture } from './local-fixture.ts';

test('who stops measuring leaves nothing behind, whatever is under way', async () => {
  await using server = await startAnsweringServer();
  const fixture = await openFixture();
  const controller = new AbortController();
  const measuring = collect(fixture.measure({ payload: { url: `${server.url}?` } }, { signal: controller.signal }));
  const [asked] = await server.untilAsked(1);
  controller.abort('SIGINT');
  await expect(measuring).rejects.toBe('SIGINT');
  await fixture[Symbol.asyncDispose]();
  expect(asked).toBeDefined();
  await vi.waitFor(() => expect(temporaryFolders(process.pid)).toEqual([]));
  expect(cgroupFolders(process.pid)).toEqual([]);
});

test('a signal that has aborted before anything is up leaves nothing behind', async () => {
  const options = { templateFile: 'test/power-tuning/measure/fixtures/template.yaml' };
  await expect(openLocalLambda(options, AbortSignal.abort('SIGTERM'))).rejects.toBe('SIGTERM');
  expect(temporaryFolders(process.pid)).toEqual([]);
});

test('settings that buy more vCPUs than there are cores are told from the others', () => {
  const settings = [128, 1769, 1770, 3538, 3539, 10_240].map((memoryMb) => ({ memoryMb }));
  const split = (coreCount: number) => splitByCores(settings, coreCount).measurable.map(({ memoryMb }) => memoryMb);
  expect(split(1)).toEqual([128, 1769]);
  expect(split(2)).toEqual([128, 1769, 1770, 3538]);
  expect(split(6)).toHaveLength(6);
  expect(splitByCores(settings, 2).beyond).toEqual([{ memoryMb: 3539 }, { memoryMb: 10_240 }]);
});

test('as many invocations run at once as can have their CPU time', () => {
  expect([128, 512, 1769, 3538].map((memoryMb) => invocationsAtOnce(memoryMb, 2))).toEqual([27, 6, 2, 1]);
  expect(invocationsAtOnce(10_240, 2)).toBe(1);
});
