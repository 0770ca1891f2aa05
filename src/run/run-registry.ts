import type { Deadline } from '../deadline/deadline.ts';
import { DeadlineExceededError, InvocationEndedError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';
import { SwapList, type SwapListEntry } from './swap-list.ts';
import type { TaskLedger } from './task-ledger.ts';

/** A run, as far as whoever did not open it is concerned. */
export interface OpenRun extends SwapListEntry {
  stop(reason: SkipReason, cause: unknown): void;
  finish(): void;
}

/** The runs of one invocation in one engine: opens them, and ends them at the deadline and with the invocation. */
export class RunRegistry<Ledger extends TaskLedger = TaskLedger> {
  readonly deadline: Deadline;
  readonly ledger: Ledger;
  readonly #runs = new SwapList<OpenRun>();
  /** The deadline is listened to once for all runs, and only while there are any. */
  #unlisten: (() => void) | undefined;
  #isClosed = false;
  #ended: Promise<void> | undefined;

  constructor(deadline: Deadline, ledger: Ledger) {
    this.deadline = deadline;
    this.ledger = ledger;
  }

  /** @throws {InvocationEndedError} After the end of the invocation. */
  assertOpen(): void {
    if (this.#isClosed) throw new InvocationEndedError();
  }

  /** @throws {InvocationEndedError} After the end of the invocation: a stream opens its run only when it is first read. */
  open<Run extends OpenRun>(create: () => Run): Run {
    this.assertOpen();
    const run = create();
    this.#runs.add(run);
    this.#unlisten ??= this.deadline.listen(() => this.#stopAtDeadline(), { isAwaited: true });
    return run;
  }

  close(run: OpenRun): void {
    run.finish();
    this.#runs.remove(run);
    if (this.#runs.isEmpty) {
      this.#unlisten?.();
      this.#unlisten = undefined;
    }
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

  #stopAtDeadline(): void {
    this.#unlisten = undefined;
    const cause = new DeadlineExceededError(this.deadline.marginMs);
    for (const run of this.#runs) run.stop('deadline', cause);
  }
}
