/** Keeps its environment busy until a given time. */
import { setTimeout } from 'node:timers/promises';

export async function handler({ index, untilMs }: { readonly index: number; readonly untilMs: number }) {
  await setTimeout(Math.max(0, untilMs - Date.now()));
  return { index, logStream: process.env['AWS_LAMBDA_LOG_STREAM_NAME'] };
}
