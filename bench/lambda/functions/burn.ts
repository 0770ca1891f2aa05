/** Computes on so many threads for so long, and says how much CPU time it was given for it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

interface BurnEvent {
  readonly threadCount: number;
  readonly durationMs: number;
}

const BURN = `
  const { workerData: durationMs } = require('node:worker_threads');
  for (const untilMs = performance.now() + durationMs; performance.now() < untilMs; );
`;

export async function handler({ threadCount, durationMs }: BurnEvent) {
  const startedAt = process.cpuUsage();
  const startedAtMs = performance.now();
  const threads = Array.from({ length: threadCount }, () => new Worker(BURN, { eval: true, workerData: durationMs }));
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  const { user, system } = process.cpuUsage(startedAt);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - startedAtMs };
}
