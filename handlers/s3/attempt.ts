/**
 * Makes one call of an AWS SDK client. Its error names what was attempted and what to do next, which those of the SDK do not.
 *
 * @throws The signal's reason when it has aborted.
 */
export async function attempt<Value>(
  { what, nextStep, signal }: { what: string; nextStep: string; signal: AbortSignal },
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new Error(`Cannot ${what}: ${cause}; ${nextStep}`, { cause });
  }
}
