import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

interface Asked {
  readonly query: URLSearchParams;
  answer(text: string): void;
}

export interface AnsweringServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly connectionCount: number;
  /** Until so many have asked. */
  untilAsked(count: number): Promise<readonly Asked[]>;
  closeConnections(): void;
}

/** A server that answers when the test says so: a function that asks it is known to be running. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  const asked: Asked[] = [];
  let connectionCount = 0;
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    asked.push({ query, answer: (text) => response.end(text) });
  });
  server.on('connection', () => connectionCount++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    get connectionCount() {
      return connectionCount;
    },
    async untilAsked(count) {
      await vi.waitUntil(() => asked.length >= count, { timeout: 20_000, interval: 1 });
      return asked;
    },
    closeConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
