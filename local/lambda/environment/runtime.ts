import { setImmediate as turn } from 'node:timers/promises';
import type { EnvironmentSettings } from './environment-settings.ts';
import type { ProcessEnd } from './function-error.ts';
import type { ResourceGroup } from './limits/resource-group.ts';
import { splitLines } from './logs/line-splitter.ts';
import type { PostedAnswer } from './posted-answer.ts';
import { processVariables } from './process-variables.ts';
import { type DeliveredEvent, startRuntimeApi } from './runtime-api.ts';
import { runtimeCommand } from './runtime-command.ts';
import { type RuntimeProcess, startProcess } from './runtime-process.ts';

export interface RuntimeParts {
  readonly settings: EnvironmentSettings;
  readonly logStream: string;
  readonly temporaryFolder: string;
  readonly group: ResourceGroup;
  readonly onLine: (text: string) => void;
}

export type InitOutcome =
  | { readonly is: 'ready' }
  /** It posted why it cannot start. */
  | { readonly is: 'failed'; readonly payload: string }
  | { readonly is: 'ended'; readonly end: ProcessEnd };

type RunOutcome = { readonly is: 'answered'; readonly answer: PostedAnswer } | { readonly is: 'ended'; readonly end: ProcessEnd };

/** One process under the runtime client, with its Runtime API. */
export interface Runtime {
  readonly pid: number | undefined;
  readonly initialised: Promise<InitOutcome>;
  readonly ended: Promise<ProcessEnd>;
  /** Until the runtime has answered and, where invocations do not overlap, asked for the next one. */
  run(event: DeliveredEvent): Promise<RunOutcome>;
  /** The answer of an invocation is not wanted any more. */
  forget(requestId: string): void;
  /** Takes in what the process has written so far. */
  drain(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Kills it, and waits until it has ended. Calling it again changes nothing. */
  kill(): Promise<void>;
}

interface Run {
  answer?: PostedAnswer;
  readonly settle: (outcome: RunOutcome) => void;
}

export async function startRuntime({ settings, logStream, temporaryFolder, group, onLine }: RuntimeParts): Promise<Runtime> {
  const { taskRoot: folder, memoryMb } = settings;
  const isOverlapping = settings.maxConcurrency !== undefined;
  const runs = new Map<string, Run>();
  const initialised = Promise.withResolvers<InitOutcome>();
  let knownEnd: ProcessEnd | undefined;

  function settle(requestId: string, run: Run, outcome: RunOutcome): void {
    runs.delete(requestId);
    run.settle(outcome);
  }

  const api = await startRuntimeApi({
    onPoll() {
      initialised.resolve({ is: 'ready' });
      for (const [requestId, run] of runs) {
        if (run.answer !== undefined) settle(requestId, run, { is: 'answered', answer: run.answer });
      }
    },
    onInitError: (payload) => initialised.resolve({ is: 'failed', payload }),
    onAnswer(requestId, answer) {
      const run = runs.get(requestId);
      if (run === undefined) return;
      if (isOverlapping) settle(requestId, run, { is: 'answered', answer });
      else run.answer = answer;
    },
  });

  function start(): RuntimeProcess {
    const variables = processVariables(settings, { runtimeApi: api.address, logStream, temporaryFolder });
    try {
      return startProcess({ command: runtimeCommand(memoryMb), folder, variables, group, memoryMb });
    } catch (error) {
      api.close();
      throw error;
    }
  }

  const runtimeProcess = start();
  const { stdout, stderr } = runtimeProcess;
  const streams = [splitLines(stdout, onLine), splitLines(stderr, onLine)];

  async function drain(): Promise<void> {
    // A process writes to its pipes before it posts. When the post is there, they are ready to be read: in this turn of the event
    // loop, or in the next where there is more than one turn takes.
    await turn();
    await turn();
    if (runs.size === 0) for (const stream of streams) stream.flush();
  }

  const ended = runtimeProcess.ended.then(async (end) => {
    await drain();
    stdout.destroy();
    stderr.destroy();
    api.close();
    knownEnd = end;
    initialised.resolve({ is: 'ended', end });
    for (const [requestId, run] of runs) {
      // What it has answered counts, whatever it did afterwards.
      settle(requestId, run, run.answer === undefined ? { is: 'ended', end } : { is: 'answered', answer: run.answer });
    }
    return end;
  });

  return {
    pid: runtimeProcess.pid,
    initialised: initialised.promise,
    ended,
    run(event) {
      if (knownEnd !== undefined) return Promise.resolve({ is: 'ended', end: knownEnd });
      return new Promise((resolve) => {
        runs.set(event.requestId, { settle: resolve });
        api.deliver(event);
      });
    },
    forget(requestId) {
      runs.delete(requestId);
      api.forget(requestId);
    },
    drain,
    freeze: runtimeProcess.freeze,
    thaw: runtimeProcess.thaw,
    async kill() {
      runtimeProcess.kill();
      await ended;
    },
  };
}
