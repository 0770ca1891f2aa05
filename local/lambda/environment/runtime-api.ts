import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PostedAnswer, readAnswer } from './posted-answer.ts';

/** What a runtime does, as its Runtime API sees it. */
export interface RuntimeApiEvents {
  /** It asks for an invocation. The first time, its init phase is over. */
  onPoll(): void;
  /** @param payload - JSON: `{ errorType, errorMessage, trace }`. */
  onInitError(payload: string): void;
  onAnswer(requestId: string, answer: PostedAnswer): void;
}

export interface DeliveredEvent {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RuntimeApi {
  /** Host and port, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Hands it to whoever asks next, and takes one answer for it. */
  deliver(event: DeliveredEvent): void;
  /** From now on, an answer for it is refused. */
  forget(requestId: string): void;
  /** Cuts open connections. */
  close(): void;
}

const PREFIX = '/2018-06-01/runtime/';
const ANSWER = /^invocation\/([^/]+)\/(response|error)$/;
/** The runtime client puts the cause of an error, up to 1 MiB, into a header. */
const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** The Runtime API of one environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export async function startRuntimeApi(events: RuntimeApiEvents): Promise<RuntimeApi> {
  const undelivered: DeliveredEvent[] = [];
  const polls = new Set<ServerResponse>();
  const unanswered = new Set<string>();
  let hasPolled = false;

  function poll(response: ServerResponse): void {
    hasPolled = true;
    polls.add(response);
    response.once('close', () => polls.delete(response));
    events.onPoll();
    hand();
  }

  function hand(): void {
    for (const response of polls) {
      const event = undelivered.shift();
      if (event === undefined) return;
      polls.delete(response);
      // As bytes: Node would write headers together with a string, in the encoding of that string.
      const body = Buffer.from(event.payload);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, ...event.headers });
      response.end(body);
    }
  }

  async function takeAnswer(request: IncomingMessage, response: ServerResponse, requestId: string, isError: boolean) {
    // Taken before the body is read: a second answer for the same invocation comes too late, whichever ends first.
    const isExpected = unanswered.delete(requestId);
    const answer = await readAnswer(request, isError);
    if (!isExpected) return refuse(response, 400, 'InvalidRequestID', `Invalid request ID "${requestId}"`);
    if (answer.isTooLarge)
      refuse(response, 413, 'RequestEntityTooLarge', 'Exceeded maximum allowed payload size (6291556 bytes).');
    else accept(response);
    events.onAnswer(requestId, answer);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
    if (request.method === 'GET' && path === 'invocation/next') return poll(response);
    const [, requestId, kind] = ANSWER.exec(path) ?? [];
    if (request.method === 'POST' && requestId !== undefined) {
      return takeAnswer(request, response, decodeURIComponent(requestId), kind === 'error');
    }
    if (request.method === 'POST' && path === 'init/error') {
      const { payload } = await readAnswer(request, true);
      if (hasPolled)
        return refuse(response, 403, 'InvalidStateTransition', 'State transition is not allowed: the init phase is over');
      accept(response);
      return events.onInitError(payload);
    }
    request.resume();
    refuse(response, 404, 'InvalidRequest', `The Runtime API has no ${request.method} ${request.url}`);
  }

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    // Half a request is all that a killed process has sent.
    route(request, response).catch(() => request.socket.destroy());
  });
  // A frozen process neither sends nor closes anything, for as long as it takes.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    deliver(event) {
      unanswered.add(event.requestId);
      undelivered.push(event);
      hand();
    },
    forget(requestId) {
      unanswered.delete(requestId);
      const index = undelivered.findIndex((event) => event.requestId === requestId);
      if (index >= 0) undelivered.splice(index, 1);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function accept(response: ServerResponse): void {
  send(response, 202, { status: 'OK' });
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  send(response, status, { errorMessage, errorType });
}

function send(response: ServerResponse, status: number, content: object): void {
  const body = JSON.stringify(content);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
