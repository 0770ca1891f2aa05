import { AsyncLocalStorage } from 'node:async_hooks';
import { isPromiseLike } from '../run/is-promise-like.ts';
import type { TaskMeter } from '../run/task-meter.ts';
import { Histogram } from './histogram.ts';
import { isThrottle } from './is-throttle.ts';
import { TaskClock } from './task-clock.ts';
import { WorkClock } from './work-clock.ts';

/** The I/O task that code runs for. One for all invocations: Node 22 keeps each storage that was ever used. */
const currentTask = new AsyncLocalStorage<TaskClock>();

/** Measures the tasks of one invocation, in both engines. */
export class InvocationMeter implements TaskMeter {
  readonly taskTimes: Histogram = new Histogram();
  readonly queueWaits: Histogram = new Histogram();
  throttleCount = 0;
  readonly #work = new WorkClock();
  /** What workers took, in ms. */
  #busyMs = 0;

  /** How many tasks were at work at once, on average over the time in which any was open; `undefined` where none was. */
  get speedup(): number | undefined {
    this.#work.advance();
    const { workMs, activeMs } = this.#work;
    return activeMs > 0 ? (workMs + this.#busyMs) / activeMs : undefined;
  }

  measured<Args extends readonly unknown[], Value>(
    task: (...args: Args) => Value | PromiseLike<Value>,
  ): (...args: Args) => Value | PromiseLike<Value> {
    return (...args) => {
      const clock = new TaskClock(this.#work);
      try {
        const result = currentTask.run(clock, () => task(...args));
        if (isPromiseLike(result)) return this.#settled(result, clock);
        this.taskTimes.add(clock.end());
        return result;
      } catch (error) {
        throw this.#failed(error, clock);
      }
    };
  }

  waited(waitMs: number): void {
    this.queueWaits.add(waitMs);
  }

  awaited<Value>(call: Promise<Value>): Promise<Value> {
    const clock = currentTask.getStore();
    // Nobody's, or that of a task whose invocation is another one.
    if (clock?.work !== this.#work) return call;
    clock.callStarted();
    return call.finally(() => clock.callEnded());
  }

  chunkStarted(): void {
    this.#work.change(1, 0);
  }

  chunkEnded(): void {
    this.#work.change(-1, 0);
  }

  computed(itemCount: number, durationMs: number): void {
    this.#busyMs += durationMs;
    // Of each item alone nothing is known.
    if (itemCount > 0) this.taskTimes.add(durationMs / itemCount, itemCount);
  }

  throttled(): void {
    this.throttleCount += 1;
  }

  async #settled<Value>(result: PromiseLike<Value>, clock: TaskClock): Promise<Value> {
    try {
      const value = await result;
      this.taskTimes.add(clock.end());
      return value;
    } catch (error) {
      throw this.#failed(error, clock);
    }
  }

  #failed(error: unknown, clock: TaskClock): unknown {
    this.taskTimes.add(clock.end());
    if (isThrottle(error)) this.throttled();
    return error;
  }
}
