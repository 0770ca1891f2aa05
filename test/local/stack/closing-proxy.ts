import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ClosingProxy extends AsyncDisposable {
  readonly url: string;
  /** Ever made. */
  readonly connectionCount: number;
  /** Those that are open; none is in use between invocations. */
  readonly openCount: number;
  /** As a server does with sockets that nobody has used for a while. */
  closeConnections(): void;
}

/** In front of an endpoint, to close connections when a test says so. */
export async function startClosingProxy(url: string): Promise<ClosingProxy> {
  const open = new Set<Socket>();
  let connectionCount = 0;
  const server = createServer((socket) => {
    connectionCount += 1;
    open.add(socket);
    const { port, hostname } = new URL(url);
    const target = connect(Number(port), hostname);
    socket.pipe(target).pipe(socket);
    socket.on('error', () => target.destroy()).on('close', () => open.delete(socket) && target.destroy());
    target.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closeConnections = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connectionCount() {
      return connectionCount;
    },
    get openCount() {
      return open.size;
    },
    closeConnections,
    async [Symbol.asyncDispose]() {
      closeConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
