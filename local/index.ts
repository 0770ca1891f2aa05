import { createEc2Service, type Ec2Options, type Ec2Service } from './ec2/ec2-service.ts';
import { startEndpoint } from './endpoint/endpoint.ts';
import type { Service, ServiceName } from './endpoint/service.ts';
import type { ServiceSettings } from './endpoint/settings.ts';
import { createS3Service, type S3Options } from './s3/s3-service.ts';

export interface EmbeddedAwsOptions {
  /** On 127.0.0.1. @defaultValue 0: a free port */
  readonly port?: number;
  /** @defaultValue in memory, no buckets */
  readonly s3?: S3Options;
  /** @defaultValue a fleet of 100 instances, and EC2's own request limits */
  readonly ec2?: Ec2Options;
  /** Of `createLambdaService`, which stays its owner's to close. @defaultValue no Lambda */
  readonly lambda?: Service;
  /** Called once per request, before it is answered. */
  readonly onCall?: (service: ServiceName) => void;
}

export interface EmbeddedAws {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** The fleet it describes, and its request limits. */
  readonly ec2: Pick<Ec2Service, 'fleet' | 'setRequestBuckets'>;
  configure(service: ServiceName, settings: ServiceSettings): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The services the handlers use, on one endpoint of this machine; `AWS_ENDPOINT_URL=<url>` makes any SDK and the aws CLI use it. */
export async function startEmbeddedAws({
  port = 0,
  s3 = {},
  ec2 = {},
  lambda,
  onCall,
}: EmbeddedAwsOptions = {}): Promise<EmbeddedAws> {
  const ec2Service = createEc2Service(ec2);
  const all = [createS3Service(s3), ec2Service, ...(lambda ? [lambda] : [])];
  const services = all.map((service) => (onCall ? observed(service, onCall) : service));
  const endpoint = await startEndpoint(services, { port });
  return { ...endpoint, ec2: ec2Service, [Symbol.asyncDispose]: () => endpoint.close() };
}

function observed(service: Service, onCall: (service: ServiceName) => void): Service {
  return {
    ...service,
    identify(call) {
      onCall(service.name);
      return service.identify(call);
    },
  };
}
