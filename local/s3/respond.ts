import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServiceCall, ServiceError } from '../endpoint/service.ts';
import type { Body } from './store.ts';
import { type XmlFields, xmlDocument } from './xml.ts';

/** S3 names the host that answered; here it is always the same one. */
const HOST_ID = randomBytes(48).toString('base64');

/** The names and values that every answer begins with, to be extended and given to `writeHead` as one flat array. */
export function baseHead({ requestId }: ServiceCall): string[] {
  return ['x-amz-id-2', HOST_ID, 'x-amz-request-id', requestId, 'Server', 'AmazonS3'];
}

export function respondEmpty(call: ServiceCall, status: number, headers: readonly string[] = []): void {
  const head = baseHead(call).concat(headers);
  if (status !== 204 && status !== 304) head.push('Content-Length', '0');
  call.response.writeHead(status, head);
  call.response.end();
}

export function respondXml(call: ServiceCall, root: string, content: XmlFields | string, headers: readonly string[] = []): void {
  respondText(call, 200, xmlDocument(root, content), headers);
}

/** `headers` hold the content length. HEAD gets the same head without the body. */
export async function respondBody(
  call: ServiceCall,
  status: number,
  headers: string[],
  body: Body,
  start: number,
  end: number,
): Promise<void> {
  const { response } = call;
  response.writeHead(status, headers);
  if (call.request.method === 'HEAD' || start === end) {
    response.end();
    return;
  }
  const bytes = body.read(start, end);
  if (Array.isArray(bytes)) {
    // What is in memory already needs no stream: the socket refers to the buffers until they are sent, and copies none of them.
    const last = bytes.length - 1;
    for (let index = 0; index < last; index += 1) response.write(bytes[index]);
    response.end(bytes[last]);
    return;
  }
  // A client that leaves half-way is no failure of ours; pipeline has closed the source by then.
  await pipeline(Readable.from(bytes as AsyncIterable<Buffer>, { objectMode: false }), response).catch(() => response.destroy());
}

/** A body that was not read is left to Node, which takes and drops it after the answer: most clients look for that only when all is sent. */
export function respondError(call: ServiceCall, error: ServiceError): void {
  const headers = Object.entries(error.headers).flat();
  const { response } = call;
  if (error.status === 304 || call.request.method === 'HEAD') {
    response.writeHead(error.status, baseHead(call).concat(headers));
    response.end();
    return;
  }
  const fields = {
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: call.rawPath,
    RequestId: call.requestId,
    HostId: HOST_ID,
  };
  respondText(call, error.status, xmlDocument('Error', fields, false), headers);
}

function respondText(call: ServiceCall, status: number, text: string, headers: readonly string[]): void {
  const body = Buffer.from(text);
  const head = baseHead(call).concat(headers);
  head.push('Content-Type', 'application/xml', 'Content-Length', String(body.length));
  call.response.writeHead(status, head);
  call.response.end(body);
}
