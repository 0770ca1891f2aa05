import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** As a client of AWS signs; the embedded AWS reads the scope and does not verify the signature. */
export const SIGNED =
  'AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=0000';

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as it is: nothing is encoded or normalised. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request in exactly these bytes, for what SDK and fetch would not send. Without `host` and `authorization` given, they are added. */
export async function rawRequest(url: string, request: RawRequest): Promise<RawAnswer> {
  const socket = await rawConnection(url);
  socket.write(rawHead(url, request));
  if (request.body !== undefined) socket.write(request.body);
  const answer = await buffer(socket);
  return parseAnswer(answer);
}

export async function rawConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

export function rawHead(url: string, { method = 'GET', path, headers = {}, body }: RawRequest): string {
  const all: Record<string, string> = { host: new URL(url).host, authorization: SIGNED, connection: 'close', ...headers };
  if (body !== undefined && all['content-length'] === undefined) all['content-length'] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

export function parseAnswer(bytes: Buffer): RawAnswer {
  const [head = '', ...rest] = bytes.toString().split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}
