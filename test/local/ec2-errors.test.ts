import { DescribeInstancesCommand, DescribeVolumesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEc2Service } from '../../local/ec2/ec2-service.ts';
import { attachedTo, type EmbeddedEc2, fleetOf, instance, startEmbeddedEc2, volume } from '../helpers/embedded-ec2.ts';

let ec2: EmbeddedEc2;
beforeAll(async () => {
  ec2 = await startEmbeddedEc2({ fleet: fleetOf([instance(1)], [volume(1)]) });
});
afterAll(() => ec2[Symbol.asyncDispose]());

/** Signed enough to be told from a call to another service; the embedded AWS does not check signatures. */
async function post(form: string): Promise<{ status: number; body: string }> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0';
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(ec2.endpoint.url, { method: 'POST', headers, body: form });
  return { status: response.status, body: await response.text() };
}

describe('IDs', () => {
  test.each([
    [['i-0ffffffffffffffff'], 'InvalidInstanceID.NotFound', "The instance ID 'i-0ffffffffffffffff' does not exist"],
    [
      ['i-12345678', 'i-00000000000000001', 'i-87654321'],
      'InvalidInstanceID.NotFound',
      "The instance IDs 'i-12345678, i-87654321' do not exist",
    ],
    [['i-xyz'], 'InvalidInstanceID.Malformed', 'Invalid id: "i-xyz"'],
    [['vol-00000000000000001'], 'InvalidInstanceID.Malformed', 'Invalid id: "vol-00000000000000001" (expecting "i-...")'],
  ])('DescribeInstances %j is %s', async (InstanceIds, name, message) => {
    await expect(ec2.client.send(new DescribeInstancesCommand({ InstanceIds }))).rejects.toMatchObject({ name, message });
  });

  test.each([
    [['vol-0ffffffffffffffff'], 'InvalidVolume.NotFound', "The volume 'vol-0ffffffffffffffff' does not exist."],
    [['i-1'], 'InvalidParameterValue', "Value (i-1) for parameter volumes is invalid. Expected: 'vol-...'."],
    [['vol-xyz'], 'InvalidVolumeID.Malformed', 'Invalid id: "vol-xyz"'],
  ])('DescribeVolumes %j is %s', async (VolumeIds, name, message) => {
    await expect(ec2.client.send(new DescribeVolumesCommand({ VolumeIds }))).rejects.toMatchObject({ name, message });
  });

  test('an ID given twice is answered once', async () => {
    const id = volume(1).volumeId;
    const { Volumes } = await ec2.client.send(new DescribeVolumesCommand({ VolumeIds: [id, id] }));
    expect(Volumes).toHaveLength(1);
  });
});

describe('filters', () => {
  test('200 values in all filters of a call are the most', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);
    const call = (...counts: number[]) => {
      const names = ['attachment.instance-id', 'status'];
      const Filters = counts.map((count, index) => ({ Name: names[index], Values: values(count) }));
      return ec2.client.send(new DescribeVolumesCommand({ Filters }));
    };
    await expect(call(200)).resolves.toMatchObject({ Volumes: [] });
    await expect(call(199, 1)).resolves.toMatchObject({ Volumes: [] });
    for (const counts of [[201], [200, 1]]) {
      await expect(call(...counts)).rejects.toMatchObject({
        name: 'FilterLimitExceeded',
        message: 'The maximum number of filter values specified on a single call is 200',
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  test('50 filters and 255 characters are the most', async () => {
    const filter = { Name: 'status', Values: ['x'] };
    await expect(ec2.client.send(new DescribeVolumesCommand({ Filters: Array(50).fill(filter) }))).resolves.toBeDefined();
    for (const Filters of [Array(51).fill(filter), [{ Name: 'status', Values: ['x'.repeat(256)] }]]) {
      await expect(ec2.client.send(new DescribeVolumesCommand({ Filters }))).rejects.toMatchObject({
        name: 'FilterLimitExceeded',
      });
    }
  });

  test.each(['instance-state-name', 'Status', 'constructor', ''])(
    'a filter called "%s" is none of DescribeVolumes',
    async (Name) => {
      const Filters = [{ Name, Values: ['x'] }];
      await expect(ec2.client.send(new DescribeVolumesCommand({ Filters }))).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringMatching(
          `^The filter '${Name}' is invalid; the embedded EC2 has attachment.attach-time, .*tag:<key>`,
        ),
      });
    },
  );

  test('a filter without values or without a name is an error', async () => {
    await expect(ec2.client.send(new DescribeVolumesCommand({ Filters: [{ Name: 'status' }] }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(ec2.client.send(new DescribeVolumesCommand({ Filters: [{ Values: ['x'] }] }))).rejects.toMatchObject({
      name: 'MissingParameter',
    });
  });
});

describe('the call', () => {
  test('DryRun is answered as an error, after everything else is found right', async () => {
    await expect(ec2.client.send(new DescribeVolumesCommand({ DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    await expect(ec2.client.send(new DescribeVolumesCommand({ DryRun: true, MaxResults: 1 }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  test('an action that is not supported is named, with those that are', async () => {
    await expect(ec2.client.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message:
        'The action DescribeVpcs is not valid for this web service: the embedded EC2 has DescribeInstances, DescribeVolumes',
    });
  });

  test.each([
    ['Action=DescribeVolumes&Owner=me', 'UnknownParameter', 'The parameter Owner is not recognized'],
    ['Action=DescribeVolumes&InstanceId.1=i-1', 'UnknownParameter', 'The parameter InstanceId.1 is not recognized'],
    ['Action=DescribeVolumes&Filter.1.String=status', 'UnknownParameter', 'The parameter String is not recognized'],
    ['Action=DescribeVolumes&Version=2010-01-01', 'NoSuchVersion', '2010-01-01'],
    ['Action=DescribeVolumes&MaxResults=many', 'InvalidParameterValue', 'Expecting an integer.'],
    ['Version=2016-11-15', 'MissingAction', 'DescribeInstances'],
    ['', 'MissingAction', 'DescribeInstances'],
  ])('%s is %s', async (form, code, message) => {
    const { status, body } = await post(form);
    expect(status).toBe(400);
    const error =
      /^<\?xml .*\?>\n<Response><Errors><Error><Code>(.*)<\/Code><Message>(.*)<\/Message><\/Error><\/Errors><RequestID>[-0-9a-f]{36}<\/RequestID><\/Response>$/;
    expect(error.exec(body)?.slice(1)).toEqual([code, expect.stringContaining(message)]);
  });

  test('what a client sent is escaped in the message', async () => {
    const { body } = await post('Action=%3C%26%3E');
    expect(body).toContain('<Message>The action &lt;&amp;&gt; is not valid');
  });

  test('values may come in any order of their numbers', async () => {
    const { body } = await post(
      `Action=DescribeVolumes&Filter.2.Value.1=100&Filter.1.Value.10=available&Filter.1.Value.2=x&Filter.2.Name=size&Filter.1.Name=status`,
    );
    expect(body).toContain(volume(1).volumeId);
  });

  test('GET with a query is answered as POST with a form', async () => {
    const query = 'Action=DescribeVolumes&Version=2016-11-15&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fec2%2Faws4_request';
    const response = await fetch(`${ec2.endpoint.url}/?${query}`);
    expect(response.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    const body = await response.text();
    expect(body).toContain('<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>');
    expect(body).toContain(volume(1).volumeId);
  });

  test('another region has no instances and no volumes', async () => {
    const client = ec2.clientFor('eu-west-1');
    expect(await client.send(new DescribeVolumesCommand({}))).toMatchObject({ Volumes: [] });
    expect(await client.send(new DescribeInstancesCommand({}))).toMatchObject({ Reservations: [] });
  });
});

test('createEc2Service() refuses a volume attached to an instance that the fleet does not have', () => {
  const fleet = fleetOf([], [volume(1, { attachments: [attachedTo(instance(7))] })]);
  expect(() => createEc2Service({ fleet })).toThrow(`volume ${volume(1).volumeId} is attached to ${instance(7).instanceId}`);
});
