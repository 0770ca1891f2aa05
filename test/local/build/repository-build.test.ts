import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildFunctions } from '../../../local/build/build-functions.ts';
import type { BuildOutcome } from '../../../local/build/build-outcome.ts';
import { readTemplate } from '../../../local/template/read-template.ts';
import { loadHandler } from './load-handler.ts';

const model = await readTemplate('template.yaml');
let outcomes: readonly BuildOutcome[];

beforeAll(async () => {
  const outFolder = await mkdtemp(join(tmpdir(), 'lambda-parallel-built-'));
  outcomes = await buildFunctions(model, { outFolder });
  return () => rm(outFolder, { recursive: true });
});

test.each(model.functions.map(({ logicalId }) => logicalId))(
  '%s is built, and its handler loads with no package near',
  async (id) => {
    const outcome = outcomes.find((candidate) => candidate.model.logicalId === id);
    if (outcome?.status !== 'built') throw outcome?.error;
    expect(await loadHandler(outcome)).toBe('function');
  },
);
