/** What one environment may use. */
export interface ResourceLimits {
  /** CPU time per time: 1 is one core. */
  readonly vcpuShare: number;
  readonly memoryMb: number;
}

export interface ResourceGroup {
  /** A process that writes its id into each is in the group, and so is what it starts. */
  readonly memberFiles: readonly string[];
  /** The most that its processes have used together; absent where nobody counts. */
  peakMemoryBytes(): number | undefined;
  /** CPU time that its processes have been given so far, those that have ended included; absent where nobody counts. */
  cpuMs(): number | undefined;
  /** Kills what is in it, and removes it. Calling it again changes nothing. */
  close(): Promise<void>;
}
