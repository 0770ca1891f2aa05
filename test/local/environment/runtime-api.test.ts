import { expect, test, vi } from 'vitest';
import { type RuntimeApi, startRuntimeApi } from '../../../local/lambda/environment/runtime-api.ts';

const events = () => ({ onPoll: vi.fn(), onInitError: vi.fn(), onAnswer: vi.fn() });

const ask = (api: RuntimeApi, path: string, init: RequestInit = {}) =>
  fetch(`http://${api.address}/2018-06-01/runtime/${path}`, init);

const post = (api: RuntimeApi, path: string, body: string) => ask(api, path, { method: 'POST', body });

test('the Runtime API takes one answer for each invocation, and refuses any other', async () => {
  const seen = events();
  const api = await startRuntimeApi(seen);
  try {
    api.deliver({ requestId: 'one', payload: '{"a":1}', headers: { 'lambda-runtime-aws-request-id': 'one' } });
    const next = await ask(api, 'invocation/next');
    expect([next.headers.get('lambda-runtime-aws-request-id'), await next.text()]).toEqual(['one', '{"a":1}']);
    const refused = await post(api, 'invocation/another/response', '1');
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ errorType: 'InvalidRequestID' })]);
    expect((await post(api, 'invocation/one/response', '1')).status).toBe(202);
    expect((await post(api, 'invocation/one/error', '{}')).status).toBe(400);
    expect(seen.onAnswer.mock.calls).toEqual([['one', { payload: '1', isError: false, isTooLarge: false }]]);
  } finally {
    api.close();
  }
});

test('the Runtime API takes an error of the init phase before the first poll alone', async () => {
  const seen = events();
  const api = await startRuntimeApi(seen);
  try {
    expect((await post(api, 'init/error', '{"errorType":"A"}')).status).toBe(202);
    expect(seen.onInitError.mock.calls).toEqual([['{"errorType":"A"}']]);
    api.deliver({ requestId: 'one', payload: '1', headers: {} });
    await (await ask(api, 'invocation/next')).text();
    expect((await post(api, 'init/error', '{}')).status).toBe(403);
    expect((await ask(api, 'nothing')).status).toBe(404);
  } finally {
    api.close();
  }
});

test('the Runtime API gives invocations to whoever asks, and none that was forgotten', async () => {
  const api = await startRuntimeApi(events());
  try {
    const waiting = ask(api, 'invocation/next');
    api.deliver({ requestId: 'one', payload: '"one"', headers: {} });
    expect(await (await waiting).json()).toBe('one');
    api.deliver({ requestId: 'two', payload: '"two"', headers: {} });
    api.deliver({ requestId: 'three', payload: '"three"', headers: {} });
    api.forget('two');
    expect(await (await ask(api, 'invocation/next')).json()).toBe('three');
  } finally {
    api.close();
  }
});
