/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. Older versions of the SDK sleep between
 * two attempts whatever the signal says, up to 20 s: abortable since @smithy/core 3.40.
 */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return await promise;
  return await new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
