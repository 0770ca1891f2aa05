import { rm } from 'node:fs/promises';
import type { EnvironmentSettings } from './environment-settings.ts';
import { type InitPhase, outcomeOf, statusOf } from './init-phase.ts';
import type { Invocation, InvocationReport, InvocationResult, LogEntry } from './invocation.ts';
import { invocationHeaders } from './invocation-headers.ts';
import type { ResourceControl } from './limits/resource-control.ts';
import type { ResourceGroup } from './limits/resource-group.ts';
import { vcpuShare } from './limits/vcpus.ts';
import { EnvironmentLog } from './logs/environment-log.ts';
import { type PlatformLines, platformLines } from './logs/platform-lines.ts';
import { maxMemoryUsedMb } from './memory-used.ts';
import { answered, type Outcome, overTime, processEnded } from './outcome.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { within } from './within.ts';

export interface EnvironmentParts {
  readonly control: ResourceControl;
  readonly onLog: (entry: LogEntry) => void;
  /** How long a new environment may take before the invocation's own time is spent on it. */
  readonly initPhaseMs: number;
  /** It can take no more invocations: its process has ended. */
  readonly onOver: () => void;
}

/** One execution environment: a process that is started once, runs invocations, and is frozen in between. */
export class ExecutionEnvironment {
  readonly #settings: EnvironmentSettings;
  readonly #parts: EnvironmentParts;
  readonly #group: ResourceGroup;
  readonly #temporaryFolder: string;
  readonly #log: EnvironmentLog;
  readonly #lines: PlatformLines;
  readonly #capacity: number;
  #runtime: Runtime | undefined;
  #starting: Promise<Runtime> | undefined;
  #initPhase: Promise<InitPhase> | undefined;
  #secondInitPhase: Promise<InitPhase> | undefined;
  #runningCount = 0;
  #maxMemoryUsedMb = 0;
  #isOver = false;
  #ended: Promise<void> | undefined;

  /** @throws {Error} If the system does not give it a group or a folder. */
  constructor(settings: EnvironmentSettings, parts: EnvironmentParts) {
    const { memoryMb, maxConcurrency = 1 } = settings;
    this.#settings = settings;
    this.#parts = parts;
    this.#capacity = maxConcurrency;
    this.#lines = platformLines(settings);
    this.#log = new EnvironmentLog(settings, parts.onLog);
    this.#group = parts.control.openGroup({ vcpuShare: vcpuShare(memoryMb), memoryMb });
    this.#temporaryFolder = makeTemporaryFolder('environment');
  }

  get hasRoom(): boolean {
    return !this.#isOver && this.#runningCount < this.#capacity;
  }

  get isIdle(): boolean {
    return this.#runningCount === 0;
  }

  /** Whoever calls sees to it that it has room. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const { requestId } = invocation;
    this.#runningCount++;
    this.#log.open(requestId);
    try {
      const isCold = this.#initPhase === undefined;
      this.#initPhase ??= this.#initialise('init', this.#parts.initPhaseMs);
      const init = await this.#initPhase;
      const startedAt = performance.now();
      const cpuMsBefore = this.#group.cpuMs();
      this.#write(requestId, this.#lines.start(requestId));
      const outcome = await this.#run(invocation, init, startedAt);
      const durationMs = Math.min(performance.now() - startedAt, this.#settings.timeoutMs);
      const cpuMsAfter = this.#group.cpuMs();
      await this.#rest();
      const report = this.#report({
        durationMs,
        ...(cpuMsBefore !== undefined && cpuMsAfter !== undefined && { cpuMs: cpuMsAfter - cpuMsBefore }),
        ...(isCold && init.outcome.is === 'ready' && { initMs: init.initMs, initCpuMs: cpuMsBefore }),
      });
      this.#write(requestId, [...outcome.lines, ...this.#lines.end(requestId, report, outcome.ended)]);
      const { payload, isFunctionError } = outcome;
      return { payload, isFunctionError, logTail: this.#log.close(requestId), report };
    } catch (error) {
      // No process could be started. Perhaps one can be, the next time.
      this.#over();
      throw error;
    } finally {
      this.#log.close(requestId);
      this.#runningCount--;
    }
  }

  /** Kills it and removes what it has left. Calling it again changes nothing. */
  end(): Promise<void> {
    this.#isOver = true;
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const runtime = await this.#starting?.catch(() => undefined);
    await runtime?.kill();
    await this.#group.close();
    await rm(this.#temporaryFolder, { recursive: true, force: true });
  }

  async #run(invocation: Invocation, init: InitPhase, startedAt: number): Promise<Outcome> {
    const { timeoutMs, maxConcurrency } = this.#settings;
    const { requestId, payload } = invocation;
    if (init.outcome.is !== 'ready') {
      // As Lambda does: what fails in the init phase has a second chance, in the invocation's time.
      this.#secondInitPhase ??= this.#initialise('invoke', timeoutMs);
      const { outcome } = await this.#secondInitPhase;
      if (outcome.is !== 'ready') {
        this.#over();
        return outcomeOf(outcome, requestId, timeoutMs, this.#lines);
      }
    }
    const runtime = this.#runtime as Runtime;
    runtime.thaw();
    const leftMs = timeoutMs - (performance.now() - startedAt);
    const headers = invocationHeaders(invocation, Date.now() + leftMs);
    const run = await within(runtime.run({ requestId, payload, headers }), leftMs);
    if (run.isInTime) {
      if (run.value.is === 'answered') return answered(run.value.answer);
      this.#over();
      return processEnded(requestId, run.value.end, this.#lines);
    }
    runtime.forget(requestId);
    // On Managed Instances neither the code nor the others are stopped.
    if (maxConcurrency === undefined) await this.#kill();
    return overTime(requestId, timeoutMs, this.#lines);
  }

  async #initialise(phase: 'init' | 'invoke', limitMs: number): Promise<InitPhase> {
    const startedAt = performance.now();
    if (this.#ended !== undefined) return { initMs: 0, outcome: { is: 'ended', end: { how: 'signal', signal: 'SIGKILL' } } };
    this.#starting = startRuntime({
      settings: this.#settings,
      logStream: this.#log.logStream,
      temporaryFolder: this.#temporaryFolder,
      group: this.#group,
      onLine: (text) => this.#log.receive(text),
    });
    const runtime = await this.#starting;
    this.#runtime = runtime;
    const waited = await within(runtime.initialised, limitMs);
    const outcome = waited.isInTime ? waited.value : ({ is: 'timeout' } as const);
    const initMs = waited.isInTime ? performance.now() - startedAt : limitMs;
    if (outcome.is === 'ready') {
      void runtime.ended.then(() => this.#over());
    } else {
      await this.#kill(runtime);
      for (const line of this.#lines.initReport({ initMs, phase, ended: statusOf(outcome) })) this.#log.receive(line);
    }
    return { initMs, outcome };
  }

  /** After an invocation: takes in what it logged, and stops the process where nothing else runs in it. */
  async #rest(): Promise<void> {
    await this.#runtime?.drain();
    this.#measure();
    if (this.#settings.maxConcurrency === undefined) this.#runtime?.freeze();
  }

  async #kill(runtime = this.#runtime): Promise<void> {
    this.#measure();
    await runtime?.kill();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.onOver();
  }

  #measure(): void {
    const usedMb = Math.min(maxMemoryUsedMb(this.#group, this.#runtime?.pid), this.#settings.memoryMb);
    // Of a process that has ended nothing can be read any more.
    this.#maxMemoryUsedMb = Math.max(this.#maxMemoryUsedMb, usedMb);
  }

  #report(measured: Omit<InvocationReport, 'billedMs' | 'memoryMb' | 'maxMemoryUsedMb'>): InvocationReport {
    const { durationMs, initMs = 0 } = measured;
    // The init phase is billed since August 2025: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    const billedMs = Math.ceil(durationMs + initMs);
    return { ...measured, billedMs, memoryMb: this.#settings.memoryMb, maxMemoryUsedMb: this.#maxMemoryUsedMb };
  }

  #write(requestId: string, lines: readonly string[]): void {
    for (const line of lines) this.#log.write(requestId, line);
  }
}
