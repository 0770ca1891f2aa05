import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentialScope } from './credential-scope.ts';
import { type Service, type ServiceCall, ServiceError, type ServiceName } from './service.ts';
import { ServiceBehaviour, type ServiceSettings } from './settings.ts';

export interface Endpoint {
  readonly url: string;
  configure(service: ServiceName, settings: ServiceSettings): void;
  close(): Promise<void>;
}

/** One HTTP endpoint for all services, as `AWS_ENDPOINT_URL` wants it: the credential scope of the signature says whose call it is. */
export async function startEndpoint(services: readonly Service[], { port = 0 }: { port?: number } = {}): Promise<Endpoint> {
  const behaviours = new Map(services.map((service) => [service.name, { service, behaviour: new ServiceBehaviour() }]));
  const fallback = services[0];
  if (fallback === undefined) throw new TypeError('Cannot start the endpoint: no service given');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', rawQuery = ''] = splitOnce(request.url ?? '/', '?');
    const query = new URLSearchParams(rawQuery);
    const scope = credentialScope(request, query);
    const call: ServiceCall = {
      request,
      response,
      rawPath,
      query,
      region: scope?.region ?? 'us-east-1',
      requestId: randomUUID(),
    };
    // Unsigned requests can only be meant for S3, which alone has public objects.
    const entry = behaviours.get((scope?.service ?? 's3') as ServiceName);
    if (entry === undefined) {
      const names = [...behaviours.keys()].join(', ');
      fallback?.fail(
        call,
        new ServiceError(501, 'NotImplemented', `The embedded AWS has no service "${scope?.service}"; it has ${names}`),
      );
      return;
    }
    try {
      const operation = await entry.service.identify(call);
      const outcome = await entry.behaviour.apply(operation.name, request.url ?? '/');
      if (outcome === 'reset') request.socket.destroy();
      if (outcome === 'answer') await operation.run();
    } catch (error) {
      if (error instanceof ServiceError) entry.service.fail(call, error);
      else entry.service.fail(call, new ServiceError(500, 'InternalError', `The embedded AWS failed: ${String(error)}`));
    }
  }

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  // Like the services themselves: an idle client connection stays open for a while, and a header block may be large.
  server.keepAliveTimeout = 20_000;
  await listen(server, port);
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${boundPort}`,
    configure(service, settings) {
      const entry = behaviours.get(service);
      if (entry === undefined)
        throw new TypeError(`Cannot set ${service}: the endpoint has ${[...behaviours.keys()].join(', ')}`);
      entry.behaviour.set(settings);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
