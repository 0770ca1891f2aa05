/** An input file cannot be read, or an option in it means nothing. It names everything that is wrong at once. */
export class TuningInputError extends Error {
  readonly code = 'ERR_TUNING_INPUT';
  /** As the caller has named it. */
  readonly file: string;
  /** One for each option that is wrong: what it must be, and what it is. */
  readonly problems: readonly string[];

  static {
    TuningInputError.prototype.name = 'TuningInputError';
  }

  constructor(file: string, problems: readonly string[], options?: { readonly cause: unknown }) {
    const [onlyOne = '', ...others] = problems;
    super(
      others.length === 0
        ? `Cannot read ${file}: ${onlyOne}`
        : `Cannot read ${file} as it has ${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      options,
    );
    this.file = file;
    this.problems = problems;
  }
}
