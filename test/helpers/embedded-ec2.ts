import { EC2Client } from '@aws-sdk/client-ec2';
import { createEc2Service, type Ec2Options, type Ec2Service } from '../../local/ec2/ec2-service.ts';
import type { Attachment, Fleet, Instance, Volume } from '../../local/ec2/model.ts';
import { type Endpoint, startEndpoint } from '../../local/endpoint/endpoint.ts';

export interface EmbeddedEc2 extends AsyncDisposable {
  readonly service: Ec2Service;
  readonly endpoint: Endpoint;
  /** Without retries: what the service answers is what the test sees. */
  readonly client: EC2Client;
  clientFor(region: string): EC2Client;
}

/** The embedded EC2 alone on an endpoint, without request limits unless a test asks for them. */
export async function startEmbeddedEc2(options: Ec2Options): Promise<EmbeddedEc2> {
  const service = createEc2Service({ requestBuckets: false, ...options });
  const endpoint = await startEndpoint([service]);
  const clients: EC2Client[] = [];
  const clientFor = (region: string): EC2Client => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new EC2Client({ endpoint: endpoint.url, region, credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  return {
    service,
    endpoint,
    client: clientFor('us-east-1'),
    clientFor,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await endpoint.close();
    },
  };
}

export function fleetOf(instances: readonly Instance[], volumes: readonly Volume[]): Fleet {
  return { region: 'us-east-1', ownerId: '123456789012', instances, volumes };
}

export function instance(index: number, fields: Partial<Instance> = {}): Instance {
  const digits = index.toString(16).padStart(16, '0');
  return {
    instanceId: `i-0${digits}`,
    reservationId: `r-0${digits}`,
    state: 'running',
    instanceType: 'm5.large',
    architecture: 'x86_64',
    imageId: 'ami-00000000000000001',
    keyName: 'key',
    availabilityZone: 'us-east-1a',
    vpcId: 'vpc-00000000000000001',
    subnetId: 'subnet-00000000000000001',
    securityGroups: [{ groupId: 'sg-00000000000000001', groupName: 'default' }],
    privateIpAddress: `10.0.0.${index}`,
    launchTime: '2026-01-02T03:04:05.000Z',
    rootDeviceName: '/dev/sda1',
    rootDeviceType: 'ebs',
    tags: {},
    ...fields,
  };
}

export function volume(index: number, fields: Partial<Volume> = {}): Volume {
  const { attachments = [] } = fields;
  return {
    volumeId: `vol-0${index.toString(16).padStart(16, '0')}`,
    sizeGib: 100,
    volumeType: 'gp3',
    state: attachments.length > 0 ? 'in-use' : 'available',
    availabilityZone: 'us-east-1a',
    createTime: '2026-01-02T03:04:05.000Z',
    encrypted: false,
    snapshotId: '',
    multiAttachEnabled: false,
    attachments,
    tags: {},
    ...fields,
  };
}

export function attachedTo({ instanceId }: Instance, fields: Partial<Attachment> = {}): Attachment {
  const attachTime = '2026-01-02T03:04:05.000Z';
  return { instanceId, device: '/dev/sdf', state: 'attached', attachTime, deleteOnTermination: false, ...fields };
}
