import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../endpoint/service.ts';

/**
 * What is taken in and thrown away of a request that has been refused. Clients like the aws CLI read the answer only after they have sent
 * everything; one that sends more than this is cut off.
 */
const MAX_DISCARDED_BYTES = 33_554_432;

/**
 * The whole body, and never more than `maxBytes` of it in memory.
 *
 * @param tooLarge - Of the length that the client declared, or of the bytes so far where it declared none.
 * @throws {ServiceError} That of `tooLarge`, as soon as the length is known.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  tooLarge: (byteCount: number) => ServiceError,
): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) return Promise.reject(tooLarge(declared));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const take = (chunk: Buffer): void => {
      received += chunk.length;
      if (received <= maxBytes) chunks.push(chunk);
      else settle(() => reject(tooLarge(received)));
    };
    const end = (): void => settle(() => resolve(Buffer.concat(chunks, received)));
    const gone = (): void => {
      const message = `Cannot read the request: the connection closed after ${received} bytes; send it again`;
      settle(() => reject(new ServiceError(400, 'InvalidRequestContentException', message)));
    };
    const settle = (how: () => void): void => {
      request.off('data', take).off('end', end).off('close', gone).pause();
      how();
    };
    request.on('data', take).on('end', end).on('close', gone);
  });
}

/** Takes in what a client still sends after its answer, up to a bound; Node alone would take in everything. */
export function discardBody(request: IncomingMessage): void {
  if (request.readableEnded) return;
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED_BYTES) request.destroy();
  });
  request.resume();
}
