import type { TemplateModel } from '../template/model.ts';
import type { BuildOutcome } from './build-outcome.ts';
import { groupsOf, layerFoldersOf } from './function-group.ts';
import { type GroupBuild, openGroupBuild } from './group-build.ts';

export interface BuildFunctionsOptions {
  /**
   * Where the artefacts go; it need not exist. Each build is a new folder in it, so remove it as a whole. Not inside of a package: its
   * `package.json` would say what kind of modules they are, and on Lambda there is none.
   */
  readonly outFolder: string;
  /** What esbuild warns of. @defaultValue nothing is done */
  readonly onMessage?: (message: string) => void;
}

/**
 * Builds the functions of a template as `sam build --build-in-source` does, with the esbuild of this repository and without npm: packages
 * are those that are installed. Functions of the same code and settings are built once.
 *
 * @returns One outcome per function, in the template's order. A function that fails does not keep the others from being built.
 */
export async function buildFunctions(
  { functions }: Pick<TemplateModel, 'functions'>,
  { outFolder, onMessage = () => undefined }: BuildFunctionsOptions,
): Promise<readonly BuildOutcome[]> {
  const layers = await layerFoldersOf(functions, outFolder);
  const outcomes = new Map<string, BuildOutcome>();
  const onOutcomes = (ofGroup: readonly BuildOutcome[]) => keep(outcomes, ofGroup);
  await Promise.all(
    groupsOf(functions).map(async (group) => {
      const opened = await openGroupBuild(group, { outFolder, layers, onMessage, onOutcomes });
      try {
        await opened.build();
      } finally {
        await opened.close();
      }
    }),
  );
  return inOrder(functions, outcomes);
}

/** Functions that are built anew when a file changes that they are made from. Layers are not: start again. */
export interface FunctionWatch extends AsyncDisposable {
  /** Of the first build, as {@link buildFunctions} gives them. */
  readonly outcomes: readonly BuildOutcome[];
  /** Leaves nothing running. Calling it again changes nothing. */
  close(): Promise<void>;
}

/** @param options - `onOutcome` is called for each function whose artefact has changed, or that can no longer be built, after the first build. */
export async function watchFunctions(
  { functions }: Pick<TemplateModel, 'functions'>,
  options: BuildFunctionsOptions & { readonly onOutcome: (outcome: BuildOutcome) => void },
): Promise<FunctionWatch> {
  const { outFolder, onMessage = () => undefined, onOutcome } = options;
  const layers = await layerFoldersOf(functions, outFolder);
  const outcomes = new Map<string, BuildOutcome>();
  const builds: GroupBuild[] = [];
  const closeAll = async (): Promise<void> => void (await Promise.all(builds.map((opened) => opened.close())));
  try {
    await Promise.all(
      groupsOf(functions).map(async (group) => {
        const first = Promise.withResolvers<void>();
        const onOutcomes = (ofGroup: readonly BuildOutcome[]) => {
          if (outcomes.has(group.lead.logicalId)) for (const outcome of ofGroup) onOutcome(outcome);
          else keep(outcomes, ofGroup);
          first.resolve();
        };
        const opened = await openGroupBuild(group, { outFolder, layers, onMessage, onOutcomes });
        builds.push(opened);
        await opened.watch();
        await first.promise;
      }),
    );
  } catch (error) {
    await closeAll();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };
  return { outcomes: inOrder(functions, outcomes), close, [Symbol.asyncDispose]: close };
}

function keep(outcomes: Map<string, BuildOutcome>, ofGroup: readonly BuildOutcome[]): void {
  for (const outcome of ofGroup) outcomes.set(outcome.model.logicalId, outcome);
}

function inOrder(functions: TemplateModel['functions'], outcomes: ReadonlyMap<string, BuildOutcome>): readonly BuildOutcome[] {
  return functions.flatMap(({ logicalId }) => outcomes.get(logicalId) ?? []);
}
