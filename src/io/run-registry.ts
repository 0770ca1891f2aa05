import type { Deadline } from '../deadline/deadline.ts';
import { InvocationEndedError } from '../errors.ts';
import { shown } from '../validation.ts';
import type { ResolvedIoMapOptions } from './io-options.ts';
import { TaskLedger } from './task-ledger.ts';
import { type Delivery, type Task, TaskRun, type TaskRunParts } from './task-run.ts';

/** A run, as far as whoever did not open it is concerned. */
export type OpenRun = Pick<TaskRun<never, never, never>, 'stop' | 'finish'>;

/** The runs of one invocation: opens them, and ends with it those that are still open. */
export class RunRegistry {
  readonly deadline: Deadline;
  readonly ledger: TaskLedger = new TaskLedger();
  readonly #runs = new Set<OpenRun>();
  #isClosed = false;
  #ended: Promise<void> | undefined;

  constructor(deadline: Deadline) {
    this.deadline = deadline;
  }

  /** @throws {InvocationEndedError} After the end of the invocation. @throws {TypeError} For a task that is not a function. */
  assertUsable(task: unknown): void {
    if (this.#isClosed) throw new InvocationEndedError();
    if (typeof task !== 'function') throw new TypeError(`Cannot run the task as it must be a function: ${shown(task)}`);
  }

  /** @throws {InvocationEndedError} After the end of the invocation: a stream opens its run only when it is first read. */
  open<Item, Value, Delivered>(
    task: Task<Item, Value>,
    options: ResolvedIoMapOptions<Item>,
    delivery: Delivery<Value, Delivered>,
    behaviour: Pick<TaskRunParts<Item, Value, Delivered>, 'hasGrace' | 'onStop'>,
  ): TaskRun<Item, Value, Delivered> {
    if (this.#isClosed) throw new InvocationEndedError();
    const run = new TaskRun({ task, options, delivery, deadline: this.deadline, ledger: this.ledger, ...behaviour });
    this.#runs.add(run);
    return run;
  }

  close(run: OpenRun): void {
    run.finish();
    this.#runs.delete(run);
  }

  /** Tells every task to stop. */
  stop(): void {
    this.#isClosed = true;
    for (const run of this.#runs) run.stop('aborted', new InvocationEndedError());
  }

  /** Tells every task to stop and waits for them, at most the deadline's grace. Called again, it waits for the same. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.stop();
    await this.ledger.idle(this.deadline.graceMs);
    // A stream whose consumer never came back would keep its run, and the timer of its grace.
    for (const run of this.#runs) this.close(run);
  }
}
