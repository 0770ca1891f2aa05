import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CredentialScope, credentialScope } from './credential-scope.ts';
import { type Service, type ServiceCall, ServiceError, type ServiceName } from './service.ts';
import { ServiceBehaviour, type ServiceSettings } from './settings.ts';

export interface Endpoint {
  readonly url: string;
  configure(service: ServiceName, settings: ServiceSettings): void;
  /** Cuts open connections. Calling it again changes nothing. */
  close(): Promise<void>;
}

/** One HTTP endpoint for all services, as `AWS_ENDPOINT_URL` wants it: the credential scope of the signature says whose call it is. */
export async function startEndpoint(services: readonly Service[], { port = 0 }: { port?: number } = {}): Promise<Endpoint> {
  const behaviours = new Map(
    services.map((service) => [service.name as string, { service, behaviour: new ServiceBehaviour(service.throttled) }]),
  );
  const names = [...behaviours.keys()].join(', ');
  const fallback = services[0];
  if (fallback === undefined) throw new TypeError('Cannot start the endpoint: no service given');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
    const scope = credentialScope(request, rawQuery);
    const call = new Call(request, response, mark < 0 ? url : url.slice(0, mark), rawQuery, scope);
    // Unsigned requests can only be meant for S3, which alone has public objects.
    const entry = behaviours.get(scope?.service ?? 's3');
    const { service = fallback as Service, behaviour } = entry ?? {};
    try {
      if (behaviour === undefined) {
        const wanted = scope?.service ?? 's3';
        throw new ServiceError(501, 'NotImplemented', `The embedded AWS has no service "${wanted}"; it has ${names}`);
      }
      // Awaiting what is no promise costs a turn of the queue, on the path of every small GET.
      const identified = service.identify(call);
      const operation = identified instanceof Promise ? await identified : identified;
      const outcome = behaviour.isSet ? await behaviour.apply(operation.name, url) : 'answer';
      if (outcome === 'reset') request.socket.resetAndDestroy();
      if (outcome === 'answer') await operation.run();
    } catch (error) {
      // Half an answer cannot become an error: only a closed connection tells the client.
      if (response.headersSent) request.socket.destroy();
      else if (error instanceof ServiceError) service.fail(call, error);
      else service.fail(call, new ServiceError(500, 'InternalError', `The embedded AWS failed: ${describe(error)}`));
    }
  }

  const server = createServer((request, response) => {
    // An error that not even the service can write must end this connection, not the process with all the others.
    answer(request, response).catch(() => request.socket.destroy());
  });
  // Like the services themselves: an idle client connection stays open for a while.
  server.keepAliveTimeout = 20_000;
  await listen(server, port);
  let closed: Promise<void> | undefined;
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${boundPort}`,
    configure(service, settings) {
      const entry = behaviours.get(service);
      if (entry === undefined) throw new TypeError(`Cannot set ${service}: the endpoint has ${names}`);
      entry.behaviour.set(settings);
    },
    close() {
      closed ??= close(server);
      return closed;
    },
  };
}

class Call implements ServiceCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly region: string;
  readonly accessKeyId?: string;
  readonly requestId: string = randomUUID();
  #query: URLSearchParams | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    rawPath: string,
    rawQuery: string,
    scope: CredentialScope | undefined,
  ) {
    this.request = request;
    this.response = response;
    this.rawPath = rawPath;
    this.rawQuery = rawQuery;
    this.region = scope?.region ?? 'us-east-1';
    if (scope !== undefined) this.accessKeyId = scope.accessKeyId;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery);
    return this.#query;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
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

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
}
