import { nameOf, ownerOf, type Place } from './source/template-node.ts';

/** One thing that is wrong with a template, or that the embedded AWS cannot do. */
export interface TemplateProblem {
  readonly line: number;
  /** Absent outside of Resources. */
  readonly logicalId: string | undefined;
  /** As `Environment.Variables.MODE`; outside of Resources the whole path; empty for the resource or the file itself. */
  readonly property: string;
  /** With file and line in front: what must be, what is, and what to do. */
  readonly message: string;
}

/** A template cannot be read, or says what the embedded AWS gives no meaning. It names everything at once. */
export class TemplateError extends Error {
  readonly code = 'ERR_LOCAL_TEMPLATE';
  readonly file: string;
  readonly problems: readonly TemplateProblem[];

  static {
    TemplateError.prototype.name = 'TemplateError';
  }

  constructor(file: string, found: readonly ProblemAt[]) {
    // What is wrong in Globals is wrong in every function.
    const byMessage = new Map(found.map((problem) => problem.in(file)).map((problem) => [problem.message, problem]));
    const problems = [...byMessage.values()].sort((a, b) => a.line - b.line);
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`Cannot read ${file} as it has ${count}:\n${problems.map(({ message }) => `  ${message}`).join('\n')}`);
    this.file = file;
    this.problems = problems;
  }
}

/** Thrown where a problem is found, and kept by {@link Problems}, so that reading goes on with the next property. */
export class ProblemAt extends Error {
  readonly place: Place;

  static {
    ProblemAt.prototype.name = 'ProblemAt';
  }

  /** @param message - What follows the name of the place: `must be an integer: "many"; write digits`. */
  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }

  in(file: string): TemplateProblem {
    const message = `${file}:${this.place.line}: ${nameOf(this.place)} ${this.message}`;
    return { line: this.place.line, ...ownerOf(this.place), message };
  }
}

/** Collects what is wrong. */
export class Problems {
  // What several properties refer to fails for each of them, with the same error.
  readonly #found = new Set<ProblemAt>();

  add(problem: ProblemAt): void {
    this.#found.add(problem);
  }

  /** What `read` returns, or nothing if it throws a {@link ProblemAt}, which is kept. */
  attempt<Result>(read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ProblemAt)) throw error;
      this.add(error);
      return undefined;
    }
  }

  /** @throws {TemplateError} If there are any. */
  throwIfAny(file: string): void {
    if (this.#found.size > 0) throw new TemplateError(file, [...this.#found]);
  }
}
