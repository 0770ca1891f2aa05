import { SeededRandom } from '../ec2/random.ts';

const OBJECT_BYTES = 1024 * 1024;
const DISTINCT_COUNT = 8;
const ROUTES = ['/', '/login', '/orders', '/orders/{id}', '/products', '/products/{id}', '/search', '/users/{id}'];

/** A few log objects of JSON lines, 1 MB each, the same at each call. */
export function demoLogs(): Buffer[] {
  return Array.from({ length: DISTINCT_COUNT }, (_, seed) => demoLog(new SeededRandom(seed)));
}

function demoLog(random: SeededRandom): Buffer {
  const lines: string[] = [];
  let timeMs = Date.UTC(2026, 0, 1);
  for (let byteCount = 0; byteCount < OBJECT_BYTES; ) {
    timeMs += random.integer(0, 20);
    const line = `${JSON.stringify({
      time: new Date(timeMs).toISOString(),
      requestId: random.hex(16),
      route: random.pick(ROUTES),
      status: random.chance(0.97) ? 200 : random.pick([301, 400, 404, 500, 503]),
      // Most are fast, a few are slow.
      durationMs: Number((5 * Math.exp(3 * random.next() ** 3)).toFixed(2)),
    })}\n`;
    // As when a process is stopped while it writes.
    lines.push(random.chance(0.0005) ? `${line.slice(0, 30)}\n` : line);
    byteCount += line.length;
  }
  return Buffer.from(lines.join(''));
}
