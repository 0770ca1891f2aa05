import type { Agent } from 'node:http';

/** The part of the SDK's Node handler that holds its connection pools: `NodeHttpHandler` of @smithy/node-http-handler 4. */
interface PooledHandler {
  readonly configProvider?: Promise<{
    readonly httpsAgent?: Agent;
    readonly httpAgent?: Agent;
    readonly httpAgentProvider?: () => Promise<Agent>;
  }>;
}

/** Of 1,024 file descriptors that Lambda allows: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SOCKETS = 900;

/**
 * Keeps the connection pool of a client as large as the number of calls in flight through it. The SDK's default is 50: the
 * 51st call waits for a socket, and the concurrency that was asked for is not what one gets.
 *
 * The pool grows in place, so proxies, timeouts and TLS settings of the user's own handler stay; it never shrinks. A handler
 * of another kind (HTTP/2, fetch, undici) has no such limit and is left alone.
 */
export class Sockets {
  readonly #handler: PooledHandler;
  #agents: Promise<readonly Agent[]> | undefined;
  #inFlightCount = 0;
  #grownTo = 0;

  constructor(client: { readonly config: { readonly requestHandler: unknown } }) {
    this.#handler = client.config.requestHandler as PooledHandler;
  }

  /** Runs `call` with a socket to be had for it. */
  async with<Value>(call: () => Promise<Value>): Promise<Value> {
    this.#inFlightCount += 1;
    try {
      if (this.#inFlightCount > this.#grownTo) await this.#grow();
      return await call();
    } finally {
      this.#inFlightCount -= 1;
    }
  }

  async #grow(): Promise<void> {
    this.#agents ??= agentsOf(this.#handler);
    // Some ahead of the demand: growing is cheap, but each step is awaited.
    this.#grownTo = Math.min(MAX_SOCKETS, Math.max(64, 2 * this.#inFlightCount));
    const wanted = this.#grownTo;
    for (const agent of await this.#agents) {
      if (agent.maxSockets < wanted) agent.maxSockets = wanted;
      // Idle sockets above this are closed at once, and opened again for the next wave.
      if (agent.maxFreeSockets < wanted) agent.maxFreeSockets = wanted;
    }
    if (this.#inFlightCount > MAX_SOCKETS) this.#grownTo = Number.POSITIVE_INFINITY;
  }
}

async function agentsOf({ configProvider }: PooledHandler): Promise<readonly Agent[]> {
  const config = await configProvider;
  const agents = [config?.httpsAgent, config?.httpAgent, await config?.httpAgentProvider?.()];
  return agents.filter((agent) => typeof agent?.maxSockets === 'number' && typeof agent.maxFreeSockets === 'number') as Agent[];
}
