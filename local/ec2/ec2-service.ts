import type { IncomingMessage } from 'node:http';
import { type Operation, type Service, type ServiceCall, ServiceError } from '../endpoint/service.ts';
import { describe, type Paging } from './describe.ts';
import { createFleet } from './fleet.ts';
import { instanceTable } from './instance-kind.ts';
import { reservationSetXml } from './instance-xml.ts';
import type { Fleet } from './model.ts';
import { readDescribeRequest } from './query-request.ts';
import { type RequestBuckets, RequestLimits } from './request-buckets.ts';
import type { ResourceTable } from './resource-kind.ts';
import { volumeTable } from './volume-kind.ts';
import { volumeSetXml } from './volume-xml.ts';
import { answerXml, errorXml, escapeXml } from './xml.ts';

export interface Ec2Options {
  /** From `createFleet`, or written out. @defaultValue `createFleet()`: 100 instances */
  readonly fleet?: Fleet;
  /** @defaultValue those of EC2 */
  readonly requestBuckets?: RequestBuckets | false;
  /**
   * MaxResults counts what EC2 looked at and not what passed the filters, so a page may be short, or empty, and still have a
   * token, as EC2 has been seen to do: https://github.com/aws/aws-sdk-ruby/issues/689. @defaultValue false
   */
  readonly hasSparsePages?: boolean;
  /** In ms; only differences count. @defaultValue `performance.now` */
  readonly clock?: () => number;
}

export interface Ec2Service extends Service {
  readonly fleet: Fleet;
  /** From now on, with full buckets; `false` for no limits. What is left out is as EC2 has it. */
  setRequestBuckets(buckets: RequestBuckets | false): void;
}

/** DescribeInstances and DescribeVolumes of EC2's query protocol, version 2016-11-15, over a fleet that does not change. */
export function createEc2Service({
  fleet = createFleet(),
  requestBuckets = {},
  hasSparsePages = false,
  clock = () => performance.now(),
}: Ec2Options = {}): Ec2Service {
  // Other regions have their own endpoints in AWS; here they are the same account, seen where it has nothing.
  const elsewhere: Fleet = { ...fleet, instances: [], volumes: [] };
  const here = createActions(fleet, { isSparse: hasSparsePages });
  const nowhere = createActions(elsewhere, { isSparse: hasSparsePages });
  let limits = new RequestLimits(requestBuckets, clock);

  return {
    name: 'ec2',
    fleet,
    setRequestBuckets(buckets) {
      limits = new RequestLimits(buckets, clock);
    },
    async identify(call): Promise<Operation> {
      const parameters = call.request.method === 'POST' ? new URLSearchParams(await readText(call.request)) : call.query;
      const name = parameters.get('Action');
      if (name === null) throw new ServiceError(400, 'MissingAction', `Missing Action; the embedded EC2 has ${supported(here)}`);
      return {
        name,
        run() {
          const answer = (call.region === fleet.region ? here : nowhere).get(name);
          if (answer === undefined) {
            const message = `The action ${name} is not valid for this web service: the embedded EC2 has ${supported(here)}`;
            throw new ServiceError(400, 'InvalidAction', message);
          }
          // Before the parameters are judged: a call that is wrong costs a token as well.
          if (!limits.take(call.region, name, parameters))
            throw new ServiceError(503, 'RequestLimitExceeded', 'Request limit exceeded.');
          send(call, 200, answerXml(name, call.requestId, answer(parameters)));
        },
      };
    },
    fail(call, { status, code, message }) {
      send(call, status, errorXml(code, message, call.requestId));
    },
  };
}

type Actions = ReadonlyMap<string, (parameters: URLSearchParams) => string>;

function createActions(fleet: Fleet, paging: Paging): Actions {
  return new Map([
    ['DescribeInstances', createDescribe('DescribeInstances', instanceTable(fleet), reservationSetXml, paging)],
    ['DescribeVolumes', createDescribe('DescribeVolumes', volumeTable(fleet), volumeSetXml, paging)],
  ]);
}

function createDescribe<Resource>(
  action: string,
  table: ResourceTable<Resource>,
  setXml: (resources: readonly Resource[]) => string,
  paging: Paging,
): (parameters: URLSearchParams) => string {
  return (parameters) => {
    const { resources, nextToken } = describe(table, readDescribeRequest(parameters, action, table.kind.idName), paging);
    return setXml(resources) + (nextToken === undefined ? '' : `<nextToken>${escapeXml(nextToken)}</nextToken>`);
  };
}

function supported(actions: Actions): string {
  return [...actions.keys()].join(', ');
}

function send({ response, requestId }: ServiceCall, status: number, xml: string): void {
  response.writeHead(status, {
    'content-type': 'text/xml;charset=UTF-8',
    'content-length': Buffer.byteLength(xml),
    'x-amzn-requestid': requestId,
  });
  response.end(xml);
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      .on('error', reject);
  });
}
