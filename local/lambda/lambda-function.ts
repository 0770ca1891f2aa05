import type { EventInvokeModel } from '../template/model.ts';
import type { Configuration } from './configuration.ts';
import type { EnvironmentSettings } from './environment/environment-settings.ts';
import { functionNotFound } from './errors.ts';
import type { Fleets } from './fleets.ts';
import { type Account, functionArn } from './function-reference.ts';
import { type Alias, type FunctionVersion, LATEST, newRevisionId } from './function-version.ts';

/** What all functions share. */
export interface Surroundings {
  readonly account: Account;
  readonly endpointUrl: () => string;
  readonly fleets: Fleets;
  /** In milliseconds, as `Date.now`. */
  readonly now: () => number;
  readonly updateMs: number;
}

export interface FunctionParts {
  readonly name: string;
  readonly eventInvoke: EventInvokeModel | undefined;
  /** Of `$LATEST`. */
  readonly configuration: Configuration;
}

/** A function with its versions and aliases. */
export class LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Of all its versions and aliases. */
  readonly eventInvoke: EventInvokeModel | undefined;
  /** By name. */
  readonly aliases = new Map<string, Alias>();
  /** By number, oldest first; without `$LATEST`. */
  readonly #published = new Map<string, FunctionVersion>();
  readonly #surroundings: Surroundings;
  #latest: FunctionVersion;
  #nextNumber = 1;
  #updatedAtMs = Number.POSITIVE_INFINITY;
  /** Lambda gives a new one when the update begins and another when it has been done. */
  #updatingRevisionId: string | undefined;

  constructor({ name, eventInvoke, configuration }: FunctionParts, surroundings: Surroundings) {
    this.name = name;
    this.eventInvoke = eventInvoke;
    this.arn = functionArn(surroundings.account, name);
    this.#surroundings = surroundings;
    this.#latest = this.#versionOf(LATEST, configuration);
  }

  get latest(): FunctionVersion {
    if (!this.isUpdating) return this.#latest;
    return { ...this.#latest, revisionId: this.#updatingRevisionId ?? this.#latest.revisionId };
  }

  /** `$LATEST` first, then the published ones from the oldest. */
  get versions(): readonly FunctionVersion[] {
    return [this.latest, ...this.#published.values()];
  }

  get lastPublished(): FunctionVersion | undefined {
    return [...this.#published.values()].at(-1);
  }

  get isUpdating(): boolean {
    return this.#updatingRevisionId !== undefined && this.#surroundings.now() < this.#updatedAtMs;
  }

  /** @throws {ServiceError} `ResourceNotFoundException` */
  version(version: string): FunctionVersion {
    const found = version === LATEST ? this.latest : this.#published.get(version);
    if (found === undefined) throw functionNotFound(`${this.arn}:${version}`);
    return found;
  }

  /**
   * @param qualifier - `$LATEST`, a version or an alias. An alias with two versions answers with one or the other.
   * @throws {ServiceError} `ResourceNotFoundException`
   */
  resolve(qualifier: string = LATEST, random: () => number = Math.random): FunctionVersion {
    const alias = this.aliases.get(qualifier);
    if (alias === undefined) return this.version(qualifier);
    const { version, additional } = alias;
    return this.version(additional !== undefined && random() < additional.weight ? additional.version : version);
  }

  /** Makes a new `$LATEST`; environments of the old one end when they have nothing to do. */
  update(configuration: Configuration): void {
    const old = this.#latest;
    this.#latest = this.#versionOf(LATEST, configuration);
    this.#updatingRevisionId = newRevisionId();
    this.#updatedAtMs = this.#surroundings.now() + this.#surroundings.updateMs;
    old.fleet.retire();
  }

  publish(description: string = this.#latest.configuration.description): FunctionVersion {
    const source = this.#latest.configuration;
    const published = this.#versionOf(String(this.#nextNumber), { ...source, description }, source);
    // A number is never used again, not even that of a version that was deleted.
    this.#nextNumber += 1;
    this.#published.set(published.version, published);
    return published;
  }

  deleteVersion(version: string): void {
    this.#published.get(version)?.fleet.retire();
    this.#published.delete(version);
  }

  retire(): void {
    for (const { fleet } of this.versions) fleet.retire();
  }

  #versionOf(version: string, configuration: Configuration, source = configuration): FunctionVersion {
    const fleet = this.#surroundings.fleets.fleetOf(() => this.#environmentSettings(version, configuration));
    return { version, configuration, source, revisionId: newRevisionId(), modifiedAtMs: this.#surroundings.now(), fleet };
  }

  #environmentSettings(version: string, configuration: Configuration): EnvironmentSettings {
    const { handler, runtime, memoryMb, timeoutSeconds, variables, logFormat, layerFolders, code, managedInstances } =
      configuration;
    return {
      functionName: this.name,
      version,
      handler,
      runtime,
      memoryMb,
      timeoutMs: timeoutSeconds * 1000,
      variables,
      logFormat,
      taskRoot: code.taskRoot,
      layerFolders,
      region: this.#surroundings.account.region,
      endpointUrl: this.#surroundings.endpointUrl(),
      ...managedInstances,
    };
  }
}
