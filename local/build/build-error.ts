import { join, relative } from 'node:path';
import type { Message } from 'esbuild';

/** Where the code is wrong. */
export interface CodePlace {
  /** From the current folder. */
  readonly file: string;
  readonly line: number;
}

/** Why there is no artefact, for all functions that were to be made of it. */
export interface BuildFailure {
  /** What is, and what to do about it. */
  readonly why: string;
  /** The first place, if the code itself is wrong. */
  readonly place?: CodePlace | undefined;
  readonly cause?: unknown;
}

/** A function cannot be built from its code. */
export class BuildError extends Error {
  readonly code = 'ERR_LOCAL_BUILD';
  readonly logicalId: string;
  readonly place: CodePlace | undefined;

  static {
    BuildError.prototype.name = 'BuildError';
  }

  constructor(logicalId: string, { why, place, cause }: BuildFailure) {
    super(`Cannot build ${logicalId}: ${why}`, { cause });
    this.logicalId = logicalId;
    this.place = place;
  }
}

/** A message of esbuild as one line: `handlers/images.ts:3:14: Unexpected "}"`. */
export function messageLine({ text, location }: Message, folder: string): string {
  if (location === null) return text;
  return `${placeOf(location, folder).file}:${location.line}:${location.column + 1}: ${text}`;
}

export function placeOf(location: NonNullable<Message['location']>, folder: string): CodePlace {
  // esbuild names files from its own working folder; a message is read in the folder where the command was given, to npm perhaps.
  const here = process.env['INIT_CWD'] ?? process.cwd();
  return { file: relative(here, join(folder, location.file)), line: location.line };
}
