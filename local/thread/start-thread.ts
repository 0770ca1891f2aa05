import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FleetOptions } from '../ec2/fleet.ts';
import type { RequestBuckets } from '../ec2/request-buckets.ts';
import type { ServiceName } from '../endpoint/service.ts';
import type { ServiceSettings } from '../endpoint/settings.ts';
import { COUNTED_SERVICES, type ThreadAnswer, type ThreadOptions, type ThreadRequest } from './protocol.ts';

export interface EmbeddedAwsThread extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** Requests that came in so far, as the service saw them. */
  callCount(service: ServiceName): number;
  /** @throws What the embedded AWS says of wrong settings, or an `Error` when the thread has ended. */
  configure(service: ServiceName, settings: ServiceSettings): Promise<void>;
  /** @throws As `configure` does. */
  setRequestBuckets(buckets: RequestBuckets | false): Promise<void>;
  /** Ends the thread and all it holds. Calling it again changes nothing. */
  close(): Promise<void>;
}

/**
 * The embedded AWS in a thread of its own, as AWS is a machine of its own: what a benchmark measures is then the client,
 * and not the server that shares its event loop.
 */
export async function startEmbeddedAwsThread({ fleet = {} }: { fleet?: FleetOptions } = {}): Promise<EmbeddedAwsThread> {
  const callCounts = new SharedArrayBuffer(COUNTED_SERVICES.length * Int32Array.BYTES_PER_ELEMENT);
  const workerData: ThreadOptions = { fleet, callCounts };
  const worker = new Worker(new URL('./embedded-aws.thread.ts', import.meta.url), { workerData });
  const [started] = (await once(worker, 'message')) as [ThreadAnswer];
  if (started.is !== 'started') throw new Error(`Cannot start the embedded AWS: its thread answered "${started.is}"`);
  const counts = new Int32Array(callCounts);
  // A thread that has ended answers nothing, and a message to it waits for ever.
  const ended = new AbortController();
  worker.once('exit', () => ended.abort());
  let turn: Promise<unknown> = Promise.resolve();

  async function ask(message: ThreadRequest): Promise<void> {
    const answered = once(worker, 'message', { signal: ended.signal }).catch((cause) => {
      throw new Error(`Cannot ${message.do}: the thread of the embedded AWS has ended`, { cause });
    });
    worker.postMessage(message);
    const [answer] = (await answered) as [ThreadAnswer];
    if (answer.is === 'failed') throw answer.error;
  }

  function request(message: ThreadRequest): Promise<void> {
    const answered = turn.then(() => ask(message));
    turn = answered.catch(() => undefined);
    return answered;
  }

  async function close(): Promise<void> {
    await worker.terminate();
  }

  return {
    url: started.url,
    callCount: (service) => Atomics.load(counts, COUNTED_SERVICES.indexOf(service)),
    configure: (service, settings) => request({ do: 'configure', service, settings }),
    setRequestBuckets: (buckets) => request({ do: 'setRequestBuckets', buckets }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
