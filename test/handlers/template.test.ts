import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type StackResource, stackTemplate } from '../helpers/stack-template.ts';

const { Parameters, Globals, Resources, Outputs } = await stackTemplate();

const ofType = (type: string): [string, StackResource][] => Object.entries(Resources).filter(([, { Type }]) => Type === type);
const functions = ofType('AWS::Serverless::Function');
const buckets = ofType('AWS::S3::Bucket');
const outputs = Object.values(Outputs).map(({ Value }) => Value);

/** What cannot be allowed for one resource. */
const NAMELESS = [
  ['ec2:DescribeInstances', 'ec2:DescribeVolumes'],
  ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
];

describe.each(functions)('%s', (logicalId, { Properties }) => {
  const name = logicalId.replace(/Function$/, '');

  test('has its memory from a parameter, at first no more than a new account allows', () => {
    expect(Properties['MemorySize']).toEqual({ Ref: `${name}MemoryMb` });
    const { Type, Default } = Parameters[`${name}MemoryMb`] ?? {};
    expect(Type).toBe('Number');
    expect(Default).toBeLessThanOrEqual(3008);
  });

  test('logs JSON to a log group of its own, which keeps it as long as a parameter says', () => {
    expect(Properties['LoggingConfig']).toEqual({ LogGroup: { Ref: `${name}LogGroup` }, LogFormat: 'JSON' });
    const { 'Fn::Sub': functionName } = Properties['FunctionName'] as { 'Fn::Sub': string };
    expect(Resources[`${name}LogGroup`]).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: { 'Fn::Sub': `/aws/lambda/${functionName}` }, RetentionInDays: { Ref: 'LogRetentionDays' } },
    });
  });

  test('has a role of its own, which may do nothing to everything where a resource can be named', () => {
    expect(Properties['Policies']).toBeUndefined();
    expect(Properties['Role']).toEqual({ 'Fn::GetAtt': `${name}Role.Arn` });
    const role = Resources[`${name}Role`]?.Properties as {
      ManagedPolicyArns?: unknown;
      Policies: { PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] } }[];
    };
    expect(role.ManagedPolicyArns).toBeUndefined();
    const statements = role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    for (const { Action, Resource } of statements) {
      expect(JSON.stringify(Action)).not.toContain('*');
      if ([Resource].flat().includes('*')) expect(NAMELESS).toContainEqual(Action);
    }
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': `${name}LogGroup.Arn` },
      }),
    );
  });

  test('is on the dashboard, and its name and ARN are outputs', () => {
    expect(JSON.stringify(Resources['Dashboard'])).toContain(`\${${logicalId}}`);
    expect(outputs).toEqual(expect.arrayContaining([{ Ref: logicalId }, { 'Fn::GetAtt': `${logicalId}.Arn` }]));
  });
});

describe.each(buckets)('%s', (logicalId, { Properties }) => {
  test('is private, encrypted, of one owner, and does not keep unfinished uploads', () => {
    expect(Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }] },
    });
  });

  test('answers over TLS only', () => {
    expect(Resources[`${logicalId}Policy`]?.Properties).toMatchObject({
      Bucket: { Ref: logicalId },
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [{ 'Fn::GetAtt': `${logicalId}.Arn` }, { 'Fn::Sub': `\${${logicalId}.Arn}/*` }],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });

  test('has its name and ARN in the outputs', () => {
    expect(outputs).toEqual(expect.arrayContaining([{ Ref: logicalId }, { 'Fn::GetAtt': `${logicalId}.Arn` }]));
  });
});

test('The name of a resource of any other kind that people look for is an output, and its ARN where it has one', () => {
  for (const [logicalId] of ofType('AWS::Logs::LogGroup'))
    expect(outputs).toEqual(expect.arrayContaining([{ Ref: logicalId }, { 'Fn::GetAtt': `${logicalId}.Arn` }]));
  const queue = [{ 'Fn::GetAtt': 'FailedUploadQueue.QueueName' }, { 'Fn::GetAtt': 'FailedUploadQueue.Arn' }];
  expect(outputs).toEqual(expect.arrayContaining([{ Ref: 'SharpLayer' }, { Ref: 'Dashboard' }, ...queue]));
});

test('Every parameter says what it is for and is used', () => {
  const text = JSON.stringify([Globals, Resources]);
  for (const [name, { Description }] of Object.entries(Parameters)) {
    expect(Description).toMatch(/\.$/);
    expect(text).toContain(`{"Ref":"${name}"}`);
  }
});

test('image-resize reads the bucket whose notifications start it, and writes to another one', () => {
  const { Environment, Events } = Resources['ImageResizeFunction']?.Properties ?? {};
  expect(Events).toMatchObject({ Upload: { Type: 'S3', Properties: { Bucket: { Ref: 'UploadBucket' } } } });
  expect(Environment).toEqual({
    Variables: {
      UPLOAD_BUCKET_NAME: Resources['UploadBucket']?.Properties['BucketName'],
      THUMBNAIL_BUCKET_NAME: { Ref: 'ThumbnailBucket' },
    },
  });
});

test('The dashboard is JSON once its names are in place', () => {
  const body = Resources['Dashboard']?.Properties['DashboardBody'] as { 'Fn::Sub': string };
  const { widgets } = JSON.parse(body['Fn::Sub'].replaceAll(/\$\{[^}]*\}/g, 'name'));
  const metrics = widgets.flatMap(({ properties }: { properties: { metrics: string[][] } }) => properties.metrics);
  for (const metric of metrics) expect(metric[2]).toMatch(/^(FunctionName|QueueName)$/);
});

test('The layer has the sharp that the tests run, with the binaries that belong to it', async () => {
  const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  const { dependencies } = JSON.parse(await readFile('layers/sharp/package.json', 'utf8'));
  const { optionalDependencies } = JSON.parse(await readFile('node_modules/sharp/package.json', 'utf8'));
  const { sharp, ...binaries } = dependencies;
  expect(sharp).toBe(devDependencies.sharp);
  const names = ['arm64', 'x64'].flatMap((cpu) => [`@img/sharp-libvips-linux-${cpu}`, `@img/sharp-linux-${cpu}`]);
  expect(Object.keys(binaries).sort()).toEqual(names.sort());
  expect(optionalDependencies).toMatchObject(binaries);
});
