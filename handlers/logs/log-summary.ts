import { addHistogram, emptyHistogram, type LatencyHistogram, percentileMs } from './latency-histogram.ts';

/** What some log objects come to. Two of them add up to the one of all their objects, so it does not matter how they were grouped. */
export interface LogSummary {
  objectCount: number;
  /** Blank ones left out. */
  lineCount: number;
  malformedCount: number;
  /** The first few. */
  malformed: LinePosition[];
  /** By first digit: `2xx`, `5xx`. */
  statusClasses: Record<string, number>;
  /** A `Map`: a request for `/__proto__` is in the logs of everybody. */
  routes: Map<string, RouteSummary>;
}

export interface RouteSummary {
  requestCount: number;
  /** Status 500 and above. */
  errorCount: number;
  latencies: LatencyHistogram;
}

export interface LinePosition {
  readonly key: string;
  /** From 1. */
  readonly line: number;
}

const MALFORMED_NAMED = 10;

export function emptySummary(): LogSummary {
  return { objectCount: 0, lineCount: 0, malformedCount: 0, malformed: [], statusClasses: {}, routes: new Map() };
}

export function addMalformed(summary: LogSummary, position: LinePosition): void {
  summary.malformedCount += 1;
  if (summary.malformed.length < MALFORMED_NAMED) summary.malformed.push(position);
}

export function routeOf({ routes }: LogSummary, name: string): RouteSummary {
  let route = routes.get(name);
  if (route === undefined) {
    route = { requestCount: 0, errorCount: 0, latencies: emptyHistogram() };
    routes.set(name, route);
  }
  return route;
}

/** @param other - Of the objects that come next. */
export function addSummary(into: LogSummary, other: LogSummary): void {
  into.objectCount += other.objectCount;
  into.lineCount += other.lineCount;
  into.malformedCount += other.malformedCount;
  into.malformed = [...into.malformed, ...other.malformed].slice(0, MALFORMED_NAMED);
  for (const [status, count] of Object.entries(other.statusClasses)) {
    into.statusClasses[status] = (into.statusClasses[status] ?? 0) + count;
  }
  for (const [name, { requestCount, errorCount, latencies }] of other.routes) {
    const route = routeOf(into, name);
    route.requestCount += requestCount;
    route.errorCount += errorCount;
    addHistogram(route.latencies, latencies);
  }
}

/** For the response: the busiest route first. */
export function routeTable({ routes }: LogSummary) {
  return [...routes]
    .map(([route, { requestCount, errorCount, latencies }]) => ({
      route,
      requestCount,
      errorCount,
      p50Ms: percentileMs(latencies, 0.5),
      p95Ms: percentileMs(latencies, 0.95),
    }))
    .sort((a, b) => b.requestCount - a.requestCount || (a.route < b.route ? -1 : 1));
}
