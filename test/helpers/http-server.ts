import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that are open now. */
  readonly connectionCount: number;
}

/** A server that misbehaves as the test says, where the embedded AWS answers as AWS does. */
export async function startHttpServer(listener: RequestListener): Promise<HttpServer> {
  const requests: IncomingMessage[] = [];
  let connectionCount = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.on('connection', (socket) => {
    connectionCount += 1;
    socket.once('close', () => {
      connectionCount -= 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connectionCount() {
      return connectionCount;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A URL of this machine at which nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = await startHttpServer(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.url;
}
