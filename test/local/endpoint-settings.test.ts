import { expect, test } from 'vitest';
import { ServiceError } from '../../local/endpoint/service.ts';
import { ServiceBehaviour } from '../../local/endpoint/settings.ts';
import { TokenBucket } from '../../local/endpoint/token-bucket.ts';

const SLOW_DOWN = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };

test('latencyMs delays every call by that time', async () => {
  const waited: number[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const behaviour = new ServiceBehaviour(SLOW_DOWN, (ms) => {
    waited.push(ms);
    return gate;
  });
  behaviour.set({ latencyMs: 30 });
  let isAnswered = false;
  const answer = behaviour.apply('GetObject', '/b/k').then((outcome) => {
    isAnswered = true;
    return outcome;
  });
  await Promise.resolve();
  expect(waited).toEqual([30]);
  expect(isAnswered).toBe(false);
  open();
  expect(await answer).toBe('answer');
});

test('a fault hits its operation and its key, as often as it says, and the first match wins', async () => {
  const behaviour = new ServiceBehaviour();
  behaviour.set({
    faults: [
      { operation: 'GetObject', matching: 'bad', times: 2, answer: { status: 403, code: 'AccessDenied', message: 'no' } },
      { operation: 'GetObject', matching: 'bad', answer: 'reset' },
    ],
  });
  expect(await behaviour.apply('PutObject', '/b/bad')).toBe('answer');
  expect(await behaviour.apply('GetObject', '/b/good')).toBe('answer');
  for (let time = 0; time < 2; time += 1) {
    await expect(behaviour.apply('GetObject', '/b/bad')).rejects.toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: 'no',
    });
  }
  expect(await behaviour.apply('GetObject', '/b/bad')).toBe('reset');
});

test('set() forgets what was set before', async () => {
  const behaviour = new ServiceBehaviour();
  behaviour.set({ faults: [{ answer: 'hang' }] });
  expect(await behaviour.apply('GetObject', '/')).toBe('hang');
  behaviour.set({});
  expect(await behaviour.apply('GetObject', '/')).toBe('answer');
});

test('a throttle answers with the error of the service above its burst', async () => {
  const behaviour = new ServiceBehaviour(SLOW_DOWN);
  behaviour.set({ throttle: { ratePerSecond: 0.000_1, burst: 2 } });
  await behaviour.apply('GetObject', '/');
  await behaviour.apply('GetObject', '/');
  const error = await behaviour.apply('GetObject', '/').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject(SLOW_DOWN);
});

test('a throttle cannot be set where the service has limits of its own', () => {
  expect(() => new ServiceBehaviour().set({ throttle: { ratePerSecond: 1, burst: 1 } })).toThrow(/limits of its own/);
});

test('TokenBucket fills at its rate up to its burst', () => {
  let now = 0;
  const bucket = new TokenBucket({ ratePerSecond: 10, burst: 3 }, () => now);
  const take = () => bucket.take();
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  now = 99;
  expect(take()).toBe(false);
  now = 101;
  expect([take(), take()]).toEqual([true, false]);
  now = 60_000;
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
});

test('TokenBucket refuses a rate or burst that is none', () => {
  expect(() => new TokenBucket({ ratePerSecond: 0, burst: 1 })).toThrow(
    new RangeError('Cannot set throttle: ratePerSecond must be > 0, got 0'),
  );
  expect(() => new TokenBucket({ ratePerSecond: 1, burst: 0.5 })).toThrow(RangeError);
});
