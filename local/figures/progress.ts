import cliProgress from 'cli-progress';

export interface Progress {
  /** Runs `work` under a bar that follows `doneCount` until it ends. */
  during<Value>(title: string, totalCount: number, doneCount: () => number, work: () => Promise<Value>): Promise<Value>;
}

const REFRESH_MS = 100;

/** A bar on stderr where that is a terminal; elsewhere, as in a pipe or a log, nothing. */
export function createProgress(): Progress {
  if (!process.stderr.isTTY) return { during: (_title, _totalCount, _doneCount, work) => work() };
  return {
    async during(title, totalCount, doneCount, work) {
      const bar = new cliProgress.SingleBar({
        format: '{title} {bar} {value}/{total} · {duration_formatted}',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
        // It would only stop the bar, and keep Ctrl-C from stopping the program.
        gracefulExit: false,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 30,
      });
      bar.start(totalCount, 0, { title });
      const onInterrupt = (): void => {
        bar.stop();
        // With the cursor back, as if nobody had listened: the shell sees a program that Ctrl-C ended.
        process.kill(process.pid, 'SIGINT');
      };
      process.once('SIGINT', onInterrupt);
      const timer = setInterval(() => bar.update(Math.min(totalCount, doneCount())), REFRESH_MS);
      try {
        return await work();
      } finally {
        process.off('SIGINT', onInterrupt);
        clearInterval(timer);
        bar.stop();
      }
    },
  };
}
