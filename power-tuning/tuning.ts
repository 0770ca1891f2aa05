import type { Architecture } from '../local/template/model.ts';

/** What is tried: a memory setting and, where two things are tuned at once, a concurrency. */
export interface Setting {
  readonly memoryMb: number;
  /** The value of the event's field that the input names; absent where memory alone is tuned. */
  readonly concurrency?: number | undefined;
}

/** One invocation, as its REPORT line has it. */
export interface Sample {
  readonly durationMs: number;
  readonly billedMs: number;
  /** Of a cold start. */
  readonly initMs?: number | undefined;
  /** CPU time that the environment was given for it; absent where nobody can tell. */
  readonly cpuMs?: number | undefined;
}

/** All invocations of one setting, in the order in which they were made. */
export interface SettingSamples extends Setting {
  readonly samples: readonly Sample[];
}

/** What one setting came to. */
export interface SettingResult extends Setting {
  /** Whether it was measured, or worked out from other settings because this machine has too few cores. Never mixed silently. */
  readonly isModelled: boolean;
  /** Mean without the slowest and the fastest, as the state machine's `discardTopBottom` says. */
  readonly durationMs: number;
  /** Of one invocation, in USD, requests not included. */
  readonly cost: number;
  /** Absent where it is modelled. */
  readonly percentilesMs?: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** Invocations that were measured. */
  readonly count: number;
  /** Means of one invocation, where they are known: what it computes, and what it waits. */
  readonly cpuMs?: number | undefined;
}

export type Strategy = 'cost' | 'speed' | 'balanced';

/** What the state machine of AWS Lambda Power Tuning answers: https://github.com/alexcasalboni/aws-lambda-power-tuning */
export interface PowerTuningOutput {
  readonly power: number;
  readonly cost: number;
  readonly duration: number;
  readonly stateMachine: { readonly executionCost: number; readonly lambdaCost: number; readonly visualization: string };
  readonly stats?: readonly { readonly value: number; readonly averagePrice: number; readonly averageDuration: number }[];
}

/** A whole run, as it is kept under `results/`. */
export interface Tuning {
  /** Of the handler: `monte-carlo`. */
  readonly name: string;
  readonly functionName: string;
  readonly place: 'aws' | 'local';
  readonly region: string;
  readonly architecture: Architecture;
  readonly runtime: string;
  /** Of this package. */
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly strategy: Strategy;
  readonly balancedWeight: number;
  /** Why CPU and memory were not limited, where they were not: then nothing can be recommended. */
  readonly unlimitedReason?: string | undefined;
  /** Why it ended before all settings were measured; absent where they were. */
  readonly stoppedReason?: string | undefined;
  readonly settings: readonly SettingResult[];
  /** The best setting by each strategy. */
  readonly recommendations: Readonly<Record<Strategy, Setting>>;
  readonly output: PowerTuningOutput;
}
