/** Reads the lines of some log objects and combines what they say. */
import { defineWorker } from 'lambda-parallel';
import { record } from '../logs/latency-histogram.ts';
import { addMalformed, emptySummary, type LogSummary, routeOf } from '../logs/log-summary.ts';

export interface LogObject {
  readonly key: string;
  /** JSON lines in UTF-8: `{ "route": "/orders", "status": 200, "durationMs": 12.5 }` and whatever else. */
  readonly body: Uint8Array;
}

interface LogLine {
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** One summary for the whole batch: what crosses back to the main thread is small, however many lines there were. */
export default defineWorker((objects: readonly LogObject[]): LogSummary => {
  const summary = emptySummary();
  for (const { key, body } of objects) {
    summary.objectCount += 1;
    for (const [index, text] of new TextDecoder().decode(body).split('\n').entries()) {
      if (text.trim() === '') continue;
      summary.lineCount += 1;
      const line = parsed(text);
      if (line === undefined) addMalformed(summary, { key, line: index + 1 });
      else addLine(summary, line);
    }
  }
  return summary;
});

function addLine(summary: LogSummary, { route, status, durationMs }: LogLine): void {
  const statusClass = `${Math.floor(status / 100)}xx`;
  summary.statusClasses[statusClass] = (summary.statusClasses[statusClass] ?? 0) + 1;
  const ofRoute = routeOf(summary, route);
  ofRoute.requestCount += 1;
  if (status >= 500) ofRoute.errorCount += 1;
  record(ofRoute.latencies, durationMs);
}

/** @returns `undefined` for a malformed line. */
function parsed(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<LogLine> | null;
    return isLogLine(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isLogLine(line: Partial<LogLine> | null): line is LogLine {
  if (typeof line?.route !== 'string' || typeof line.durationMs !== 'number' || !(line.durationMs >= 0)) return false;
  return Number.isInteger(line.status) && Number(line.status) >= 100 && Number(line.status) <= 599;
}
