import type { BuildResult } from 'esbuild';
import { writeArtefact } from './artefact.ts';
import { type BuildFailure, messageLine } from './build-error.ts';
import type { BuildOutcome } from './build-outcome.ts';
import { type BundlePlan, bundleFailure, bundleOptions } from './bundle.ts';
import { watchFolder } from './code-watch.ts';
import { copyCode } from './copied-code.ts';
import { openBuild } from './esbuild.ts';
import { type FunctionGroup, type LayerFolders, outcomesOf } from './function-group.ts';

export interface GroupBuildOptions {
  readonly outFolder: string;
  readonly layers: LayerFolders;
  readonly onMessage: (message: string) => void;
  /** Called once, and where files are watched again after each change of what they come to. Not after `close()`. */
  readonly onOutcomes: (outcomes: readonly BuildOutcome[]) => void;
}

/** The build of a group, begun; to be closed. */
export interface GroupBuild {
  /** Builds once. */
  build(): Promise<void>;
  /** Builds, and again at every change, until closed. */
  watch(): Promise<void>;
  close(): Promise<void>;
}

export async function openGroupBuild(group: FunctionGroup, options: GroupBuildOptions): Promise<GroupBuild> {
  const { logicalId, codeFolder, build } = group.lead;
  let isClosed = false;
  const tell = (built: string | BuildFailure): void => {
    if (!isClosed) options.onOutcomes(outcomesOf(group, built, options.layers));
  };
  const opened = await (build === undefined
    ? copiedBuild(codeFolder, logicalId, options, tell)
    : bundledBuild({ logicalId, codeFolder, build }, options, tell));
  return {
    ...opened,
    async close() {
      isClosed = true;
      await opened.close();
    },
  };
}

type Tell = (built: string | BuildFailure) => void;

async function bundledBuild(plan: BundlePlan, { outFolder, onMessage }: GroupBuildOptions, tell: Tell): Promise<GroupBuild> {
  const { logicalId, codeFolder } = plan;
  let last: string | undefined;
  let ending: Promise<void> = Promise.resolve();

  async function end(result: BuildResult): Promise<void> {
    for (const warning of result.warnings) onMessage(`Warning of ${logicalId}: ${messageLine(warning, codeFolder)}`);
    const failure = bundleFailure(plan, result);
    const files = result.outputFiles ?? [];
    const fingerprint = failure?.why ?? files.map(({ path, hash }) => `${path} ${hash}`).join();
    if (fingerprint === last) return;
    last = fingerprint;
    tell(failure ?? (await writeArtefact(files, `${outFolder}/${logicalId}`).catch(unwritten(outFolder))));
  }

  function onEnd(result: BuildResult): Promise<void> {
    ending = end(result);
    return ending;
  }

  try {
    const { context, close } = await openBuild({
      ...bundleOptions(plan, outFolder),
      plugins: [{ name: 'outcome', setup: (build) => build.onEnd(onEnd) }],
    });
    return {
      // What went wrong is told.
      build: () => context.rebuild().then(ignore, ignore),
      watch: () => context.watch(),
      async close() {
        await close();
        await ending;
      },
    };
  } catch (cause) {
    const failed = async () => tell({ why: `${(cause as Error).message}; correct BuildProperties`, cause });
    return { build: failed, watch: failed, close: async () => undefined };
  }
}

async function copiedBuild(
  codeFolder: string,
  logicalId: string,
  { outFolder }: GroupBuildOptions,
  tell: Tell,
): Promise<GroupBuild> {
  // One after the other: the last that is told is the latest.
  let last: Promise<void> = Promise.resolve();
  const build = (): Promise<void> => {
    last = last.then(async () => tell(await copyCode(codeFolder, outFolder, logicalId).catch(unwritten(outFolder))));
    return last;
  };
  let watched: AsyncDisposable | undefined;
  return {
    build,
    async watch() {
      watched = watchFolder(codeFolder, build);
      await build();
    },
    close: async () => await watched?.[Symbol.asyncDispose](),
  };
}

const unwritten =
  (outFolder: string) =>
  (cause: Error): BuildFailure => ({ why: `it cannot be written to ${outFolder}: ${cause.message}; make room for it`, cause });

function ignore(): void {}
