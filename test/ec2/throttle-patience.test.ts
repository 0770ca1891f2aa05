import { setTimeout as delay } from 'node:timers/promises';
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { expect, test, vi } from 'vitest';
import { ThrottlePatience } from '../../src/ec2/throttle-patience.ts';
import { turn } from '../helpers/turn.ts';

// Who waits here waits for ever.
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(() => new Promise(() => undefined)) }));

test('ThrottlePatience lets one request go on at a time once the service throttles, the repeated ones and the new ones', async () => {
  const patience = new ThrottlePatience();
  const attempts: { refuse(): void }[] = [];
  const attempt = () =>
    new Promise<never>((_resolve, reject) => {
      const throttle = new EC2ServiceException({ name: 'RequestLimitExceeded', $fault: 'client', $metadata: {} });
      attempts.push({ refuse: () => reject(throttle) });
    });
  const send = () => void middlewareOf(patience)(attempt)(undefined);
  for (let call = 0; call < 3; call += 1) send();
  await turn();
  expect(attempts).toHaveLength(3);

  for (const { refuse } of attempts.splice(0)) refuse();
  await turn();
  send();
  await turn();

  expect(attempts).toHaveLength(1);
  expect(vi.mocked(delay)).toHaveBeenCalledTimes(3);
  // What waits has not been sent.
  expect(patience).toMatchObject({ apiCallCount: 4, throttledCallCount: 3 });
});

type Middleware = (next: (request: unknown) => Promise<unknown>) => (request: unknown) => Promise<unknown>;

function middlewareOf(patience: ThrottlePatience): Middleware {
  let added: unknown;
  const addRelativeTo = (middleware: unknown): void => {
    added = middleware;
  };
  patience.applyTo({ middlewareStack: { addRelativeTo } }, new AbortController().signal);
  return added as Middleware;
}
