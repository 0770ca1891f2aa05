import { randomBytes } from 'node:crypto';
import type { EnvironmentSettings } from '../environment-settings.ts';
import type { LogEntry } from '../invocation.ts';
import { LogTail } from './log-tail.ts';

/** The log stream of one environment, and the part of it that each running invocation has written. */
export class EnvironmentLog {
  readonly logStream: string;
  readonly #settings: EnvironmentSettings;
  readonly #onLog: (entry: LogEntry) => void;
  readonly #tails = new Map<string, LogTail>();

  constructor(settings: EnvironmentSettings, onLog: (entry: LogEntry) => void) {
    this.#settings = settings;
    const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    this.logStream = `${date}/[${settings.version}]${randomBytes(16).toString('hex')}`;
    this.#onLog = onLog;
  }

  /** Lines go into its tail from now on, until {@link close}. */
  open(requestId: string): void {
    this.#tails.set(requestId, new LogTail());
  }

  /** @returns The last 4 KB. */
  close(requestId: string): string {
    const tail = this.#tails.get(requestId);
    this.#tails.delete(requestId);
    return tail?.toString() ?? '';
  }

  /** A line that the platform writes about an invocation. */
  write(requestId: string, text: string): void {
    this.#tails.get(requestId)?.add(text);
    this.#tell(text);
  }

  /** A line that the process wrote. */
  receive(text: string): void {
    this.#writerOf(text)?.add(text);
    this.#tell(text);
  }

  #writerOf(text: string): LogTail | undefined {
    if (this.#settings.maxConcurrency === undefined) return this.#tails.values().next().value;
    // Where invocations overlap, the runtime client logs JSON alone.
    return this.#tails.get(requestIdIn(text));
  }

  #tell(text: string): void {
    const { functionName, version } = this.#settings;
    this.#onLog({ functionName, version, logStream: this.logStream, text });
  }
}

function requestIdIn(text: string): string {
  try {
    const { requestId } = JSON.parse(text) as { requestId?: unknown };
    return typeof requestId === 'string' ? requestId : '';
  } catch {
    return '';
  }
}
