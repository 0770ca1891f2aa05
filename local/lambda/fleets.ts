import { ServiceError } from '../endpoint/service.ts';
import type { EnvironmentSettings } from './environment/environment-settings.ts';
import type { EnvironmentFleet, Invocation, InvocationResult } from './environment/invocation.ts';

export type OpenFleet = (settings: EnvironmentSettings) => EnvironmentFleet;

/** The environments of all versions of all functions, those included that only have to end what they run. */
export class Fleets {
  readonly #openFleet: OpenFleet;
  readonly #living = new Set<VersionFleet>();
  #isClosed = false;

  constructor(openFleet: OpenFleet) {
    this.#openFleet = openFleet;
  }

  /** @param settings - Asked for when the fleet is opened, at its first invocation. */
  fleetOf(settings: () => EnvironmentSettings): VersionFleet {
    const fleet: VersionFleet = new VersionFleet(
      () => {
        if (this.#isClosed)
          throw new ServiceError(
            500,
            'ServiceException',
            'Cannot start an environment: the embedded Lambda is closed; start it again',
          );
        const opened = this.#openFleet(settings());
        this.#living.add(fleet);
        return opened;
      },
      () => this.#living.delete(fleet),
    );
    return fleet;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#living].map((fleet) => fleet.close()));
  }
}

/** The environments of one version of one function. */
export class VersionFleet {
  readonly #open: () => EnvironmentFleet;
  readonly #onClosed: () => void;
  #fleet: EnvironmentFleet | undefined;
  #runningCount = 0;
  #isRetired = false;
  #closed: Promise<void> | undefined;

  constructor(open: () => EnvironmentFleet, onClosed: () => void) {
    this.#open = open;
    this.#onClosed = onClosed;
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    this.#runningCount += 1;
    try {
      this.#fleet ??= this.#open();
      return await this.#fleet.invoke(invocation);
    } finally {
      this.#runningCount -= 1;
      this.#closeIfDone();
    }
  }

  /** Nothing is going to be invoked any more; what runs may end. */
  retire(): void {
    this.#isRetired = true;
    this.#fleet?.retire();
    this.#closeIfDone();
  }

  close(): Promise<void> {
    this.#closed ??= (this.#fleet?.close() ?? Promise.resolve()).then(this.#onClosed);
    return this.#closed;
  }

  #closeIfDone(): void {
    if (!this.#isRetired || this.#runningCount > 0) return;
    // A fleet that could not be closed is still in the set: whoever closes all of them hears of it.
    this.close().catch(() => undefined);
  }
}
