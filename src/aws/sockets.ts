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

/** One for each handler, for as long as it lives: whatever calls through the same pool has to be counted together. */
const socketsOfHandlers = new WeakMap<object, Sockets>();

/**
 * Keeps the connection pool of a client as large as the number of calls in flight through it. The SDK's default is 50: the
 * 51st call waits for a socket, and the concurrency that was asked for is not what one gets.
 *
 * The pool grows in place, so proxies, timeouts and TLS settings of the user's own handler stay; it never shrinks. A handler
 * of another kind (HTTP/2, fetch, undici) has no such limit and is left alone.
 */
export class Sockets {
  readonly #agentsFound: Promise<readonly Agent[]>;
  #agents: readonly Agent[] | undefined;
  #inFlightCount = 0;
  #grownTo = 0;

  /** The sockets of a client, shared with all clients of the same handler. */
  static of({ config }: { readonly config?: { readonly requestHandler?: unknown } }): Sockets {
    // A client that is made up for a test may have neither.
    const handler = Object(config?.requestHandler) as PooledHandler;
    let sockets = socketsOfHandlers.get(handler);
    if (sockets === undefined) {
      sockets = new Sockets(handler);
      socketsOfHandlers.set(handler, sockets);
    }
    return sockets;
  }

  private constructor(handler: PooledHandler) {
    this.#agentsFound = agentsOf(handler);
  }

  /** Runs `call` with a socket to be had for it. */
  async with<Value>(call: () => Promise<Value>): Promise<Value> {
    this.#inFlightCount += 1;
    try {
      // Awaited by every call until it is known: one that queues in a pool stays queued when the pool grows.
      this.#agents ??= await this.#agentsFound;
      if (this.#inFlightCount > this.#grownTo) this.#grow(this.#agents);
      return await call();
    } finally {
      this.#inFlightCount -= 1;
    }
  }

  #grow(agents: readonly Agent[]): void {
    // Some ahead of the demand, so that this is not done for every call.
    const wanted = Math.min(MAX_SOCKETS, Math.max(64, 2 * this.#inFlightCount));
    for (const agent of agents) {
      if (agent.maxSockets < wanted) agent.maxSockets = wanted;
      // Idle sockets above this are closed at once, and opened again for the next wave.
      if (agent.maxFreeSockets < wanted) agent.maxFreeSockets = wanted;
    }
    this.#grownTo = wanted === MAX_SOCKETS ? Number.POSITIVE_INFINITY : wanted;
  }
}

async function agentsOf({ configProvider }: PooledHandler): Promise<readonly Agent[]> {
  try {
    const config = await configProvider;
    const agents = [config?.httpsAgent, config?.httpAgent, await config?.httpAgentProvider?.()];
    return agents.filter((agent) => typeof agent?.maxSockets === 'number' && typeof agent.maxFreeSockets === 'number') as Agent[];
  } catch {
    // The call itself fails for the same reason, and says so.
    return [];
  }
}
