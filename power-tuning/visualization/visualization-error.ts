/** A URL is not one that the original tool, or this one, makes of its results. */
export class VisualizationUrlError extends Error {
  readonly code = 'ERR_TUNING_VISUALIZATION_URL';

  static {
    VisualizationUrlError.prototype.name = 'VisualizationUrlError';
  }

  /** @param problem - What must be, and what is. */
  constructor(problem: string, options?: { readonly cause: unknown }) {
    super(
      `Cannot read the visualization URL: ${problem}; copy the whole of stateMachine.visualization, with all that follows the #`,
      options,
    );
  }
}
