/**
 * Aborts at Ctrl-C or SIGTERM, with the name of the signal as its reason. From then on this process ends only when it wants to: npm passes
 * on what the terminal has sent to both already, so the same signal comes twice.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) process.on(name, () => controller.abort(name));
  return controller.signal;
}

/** Ends this process as the signal would have done, had nobody listened: that is what a shell wants to see. */
export function endBySignal({ reason }: AbortSignal): void {
  for (const name of SIGNALS) process.removeAllListeners(name);
  process.kill(process.pid, reason);
}

/**
 * What comes of `work`, unless the signal is first.
 *
 * @throws The reason of the signal. What `work` then comes to is nobody's business any more.
 */
export async function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
