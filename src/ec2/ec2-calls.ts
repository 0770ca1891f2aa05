import {
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Filter,
  type Instance,
  type Volume,
} from '@aws-sdk/client-ec2';
import { serviceCallError } from '../aws/service-call-error.ts';
import { Sockets } from '../aws/sockets.ts';
import { untilAborted } from '../aws/until-aborted.ts';
import type { ThrottlePatience } from './throttle-patience.ts';

/** The largest pages: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html and API_DescribeVolumes.html */
const INSTANCES_PER_PAGE = 1000;
const VOLUMES_PER_PAGE = 500;

/** The two calls that volume totals are made of, every page of them, paced together. */
export class Ec2Calls {
  readonly #client: EC2Client;
  readonly #patience: ThrottlePatience;
  readonly #sockets: Sockets;

  constructor(client: EC2Client, patience: ThrottlePatience) {
    this.#client = client;
    this.#patience = patience;
    this.#sockets = Sockets.of(client);
  }

  async *instances(filters: readonly Filter[], signal: AbortSignal): AsyncGenerator<Instance> {
    let nextToken: string | undefined;
    do {
      const command = new DescribeInstancesCommand({
        Filters: [...filters],
        MaxResults: INSTANCES_PER_PAGE,
        NextToken: nextToken,
      });
      this.#patience.applyTo(command, signal);
      const page = await this.#send('describe the instances', 'ec2:DescribeInstances', signal, () =>
        this.#client.send(command, { abortSignal: signal }),
      );
      for (const { Instances: instances = [] } of page.Reservations ?? []) yield* instances;
      nextToken = page.NextToken;
    } while (nextToken);
  }

  /** @param of - Whose volumes, for the error message. */
  async *volumes(of: string, filters: readonly Filter[], signal: AbortSignal): AsyncGenerator<Volume> {
    let nextToken: string | undefined;
    do {
      const command = new DescribeVolumesCommand({ Filters: [...filters], MaxResults: VOLUMES_PER_PAGE, NextToken: nextToken });
      this.#patience.applyTo(command, signal);
      const page = await this.#send(`describe the volumes of ${of}`, 'ec2:DescribeVolumes', signal, () =>
        this.#client.send(command, { abortSignal: signal }),
      );
      yield* page.Volumes ?? [];
      nextToken = page.NextToken;
    } while (nextToken);
  }

  async #send<Output>(attempt: string, action: string, signal: AbortSignal, send: () => Promise<Output>): Promise<Output> {
    try {
      return await untilAborted(this.#sockets.with(send), signal);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw serviceCallError(attempt, cause, {
        UnauthorizedOperation: `allow ${action} on "*": it cannot be limited to a resource`,
        AuthFailure: 'check the credentials and the region of the client',
      });
    }
  }
}
