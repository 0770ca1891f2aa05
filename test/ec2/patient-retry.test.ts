import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { PatientRetry } from '../../src/ec2/patient-retry.ts';
import { ec2ClientOf } from '../helpers/aws-clients.ts';
import { turn } from '../helpers/turn.ts';

// Who waits here waits for ever.
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(() => new Promise(() => undefined)) }));

test('PatientRetry lets one call go on at a time once the service throttles, the repeated ones and the new ones', async () => {
  const retry = await PatientRetry.of(ec2ClientOf('http://localhost'), new AbortController().signal);
  const throttle = { errorType: 'THROTTLING' } as const;
  const ended: string[] = [];
  const tokens = await Promise.all(Array.from({ length: 3 }, () => retry.acquireInitialRetryToken('')));
  for (const token of tokens) void retry.refreshRetryTokenForRetry(token, throttle).then(() => ended.push('repeated'));
  await turn();
  void retry.acquireInitialRetryToken('').then(() => ended.push('new'));
  await turn();
  expect(ended).toEqual(['repeated']);
  expect(vi.mocked(delay)).toHaveBeenCalledTimes(3);
  // What waits has not been sent.
  expect(retry).toMatchObject({ apiCallCount: 4, throttledCallCount: 3 });
});

test('PatientRetry does not use up attempts for throttles', async () => {
  const retry = await PatientRetry.of(ec2ClientOf('http://localhost', { maxAttempts: 1 }), new AbortController().signal);
  const token = await retry.acquireInitialRetryToken('');
  const next = await retry.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
  expect(next.getRetryCount()).toBe(0);
  await expect(retry.refreshRetryTokenForRetry(next, { errorType: 'TRANSIENT' })).rejects.toThrow();
});
