import { type BuildContext, type BuildOptions, context, stop } from 'esbuild';

let openCount = 0;

/** A build that can be run again. esbuild's own process lives as long as one is open. */
export interface OpenBuild {
  readonly context: BuildContext;
  close(): Promise<void>;
}

/** @throws What esbuild has to say about the options. */
export async function openBuild(options: BuildOptions): Promise<OpenBuild> {
  openCount += 1;
  try {
    const opened = await context(options);
    return {
      context: opened,
      async close() {
        await opened.dispose();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function release(): Promise<void> {
  openCount -= 1;
  if (openCount === 0) await stop();
}
