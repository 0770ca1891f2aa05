import { expect, test } from 'vitest';
import { readTemplate } from '../../../local/template/read-template.ts';
import { rejectionOf } from '../../helpers/rejection-of.ts';
import { HELLO, problemsOf, readText } from './read-text.ts';

const withProperties = (properties: string) => `${HELLO.trimEnd()}\n${properties.replaceAll(/^/gm, '      ')}\n`;

async function helloWith(properties: string) {
  const { functions } = await readText(withProperties(properties));
  return functions[0];
}

test('a function has the defaults of SAM', async () => {
  expect(await helloWith('')).toMatchObject({
    logicalId: 'HelloFunction',
    functionName: 'lambda-parallel-HelloFunction',
    description: '',
    handler: 'hello.handler',
    runtime: 'nodejs24.x',
    architecture: 'x86_64',
    memoryMb: 128,
    timeoutSeconds: 3,
    variables: {},
    logFormat: 'Text',
    roleArn: 'arn:aws:iam::123456789012:role/lambda-parallel-HelloFunctionRole',
    reservedConcurrency: undefined,
    aliasName: undefined,
    codeFolder: expect.stringMatching(/\/code$/),
    build: undefined,
    layerFolders: [],
    eventInvoke: undefined,
  });
});

test('a function has what its properties say', async () => {
  const hello = await helloWith(`
FunctionName: !Sub \${AWS::StackName}-hello
Description: Says hello
MemorySize: '1769'
Timeout: 60
Architectures: [arm64]
Role: arn:aws:iam::123456789012:role/mine
ReservedConcurrentExecutions: 5
AutoPublishAlias: live
LoggingConfig: { LogFormat: JSON, LogGroup: somewhere }
EventInvokeConfig: { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Type: SQS, Destination: some-arn } } }
Environment: { Variables: { NAME: !Ref AWS::StackName, COUNT: 16, IS_ON: true } }
Tracing: Active
Policies: [AWSLambdaBasicExecutionRole]
Tags: { team: a }`);
  expect(hello).toMatchObject({
    functionName: 'lambda-parallel-hello',
    description: 'Says hello',
    memoryMb: 1769,
    timeoutSeconds: 60,
    architecture: 'arm64',
    roleArn: 'arn:aws:iam::123456789012:role/mine',
    reservedConcurrency: 5,
    aliasName: 'live',
    logFormat: 'JSON',
    eventInvoke: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 21_600 },
    variables: { NAME: 'lambda-parallel', COUNT: '16', IS_ON: 'true' },
  });
});

test('Globals are merged as SAM merges them: maps by key, lists one after the other, architectures and all else replaced', async () => {
  const { functions } = await readText(`
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
    CodeUri: code
    Timeout: 10
    Architectures: [arm64]
    Layers: [!Ref OneLayer]
    Environment: { Variables: { ONE: global, TWO: global } }
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: hello.handler
      Runtime: nodejs24.x
      Architectures: [x86_64]
      Layers: [!Ref OtherLayer]
      Environment: { Variables: { TWO: own, THREE: own } }
  AloneFunction:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Timeout, Layers]
    Properties: { Handler: alone.handler }
  OneLayer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer } }
  OtherLayer:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer }
    Metadata: { BuildMethod: nodejs24.x }
`);
  expect(functions).toMatchObject([
    {
      runtime: 'nodejs24.x',
      timeoutSeconds: 10,
      architecture: 'x86_64',
      variables: { ONE: 'global', TWO: 'own', THREE: 'own' },
      layers: [
        { logicalId: 'OneLayer', buildMethod: undefined },
        { logicalId: 'OtherLayer', buildMethod: 'nodejs24.x' },
      ],
    },
    {
      runtime: 'nodejs22.x',
      timeoutSeconds: 3,
      architecture: 'arm64',
      variables: { ONE: 'global', TWO: 'global' },
      layerFolders: [],
    },
  ]);
});

test('a name that is too long for AWS is cut, and still differs', async () => {
  const ids = ['A', 'B'].map((letter) => `${'Very'.repeat(20)}${letter}`);
  const buckets = ids.map((id) => `  ${id}: { Type: AWS::S3::Bucket }`).join('\n');
  const names = (await readText(`${HELLO}${buckets}\n`)).buckets.map(({ bucketName }) => bucketName);
  expect(names).toEqual([
    expect.stringMatching(/^lambda-parallel-very.*-[0-9a-f]{8}$/),
    expect.stringMatching(/^lambda-parallel-very/),
  ]);
  expect(names.map((name) => name.length)).toEqual([63, 63]);
  expect(names[0]).not.toBe(names[1]);
});

test('a bucket tells functions of new objects, by their S3 events and by its own configuration', async () => {
  const { buckets } = await readText(`${withProperties(`
AutoPublishAlias: live
Events:
  Upload:
    Type: S3
    Properties:
      Bucket: !Ref Photos
      Events: s3:ObjectCreated:*
      Filter: { S3Key: { Rules: [{ Name: prefix, Value: in/ }, { Name: suffix, Value: .jpg }] } }`)}
  Photos: { Type: AWS::S3::Bucket }
  Texts:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: texts
      NotificationConfiguration:
        LambdaConfigurations:
          - { Event: s3:ObjectCreated:Put, Function: !GetAtt HelloFunction.Arn }
`);
  const functionLogicalId = 'HelloFunction';
  expect(buckets).toEqual([
    {
      logicalId: 'Photos',
      bucketName: 'lambda-parallel-photos',
      notifications: [{ functionLogicalId, qualifier: 'live', events: ['s3:ObjectCreated:*'], prefix: 'in/', suffix: '.jpg' }],
    },
    {
      logicalId: 'Texts',
      bucketName: 'texts',
      notifications: [{ functionLogicalId, events: ['s3:ObjectCreated:Put'], prefix: '', suffix: '' }],
    },
  ]);
});

test('the build is read with the names of SAM, its entry point the handler if none is given', async () => {
  const metadata = (lines: string) => `${withProperties('')}    Metadata:\n${lines.replaceAll(/^/gm, '      ')}\n`;
  const build = async (lines: string) => (await readText(metadata(lines))).functions[0]?.build;
  expect(
    await build('BuildMethod: esbuild\nBuildProperties: { EntryPoints: [a.ts, b.ts], Minify: false, External: [sharp] }'),
  ).toEqual({
    entryPoints: ['a.ts', 'b.ts'],
    properties: { Minify: false, External: ['sharp'] },
  });
  expect(await build('BuildMethod: esbuild')).toEqual({ entryPoints: ['hello'], properties: {} });
  expect(await build('BuildMethod: nodejs24.x')).toBeUndefined();
  expect(await build('BuildMethod: esbuild\nSkipBuild: true')).toBeUndefined();
  expect(await problemsOf(metadata('BuildMethod: makefile'))).toEqual([
    '11: HelloFunction.Metadata.BuildMethod must be esbuild, or nodejs24.x for code that runs as it is: "makefile"; use one of them',
  ]);
  expect(await problemsOf(metadata('BuildMethod: esbuild\nBuildProperties: { LogLimit: 3 }'))).toEqual([
    '12: HelloFunction.Metadata.BuildProperties.LogLimit must be text, true, false or a list: 3; put it in quotes, as SAM passes no other value on',
  ]);
});

test('source maps and NODE_OPTIONS bring each other along, as SAM has it', async () => {
  const esbuild = (properties: string) => `    Metadata: { BuildMethod: esbuild, BuildProperties: { ${properties} } }\n`;
  const { functions } = await readText(withProperties('') + esbuild('Sourcemap: true'));
  expect(functions[0]?.variables).toEqual({ NODE_OPTIONS: ' --enable-source-maps' });
  const asked = withProperties('Environment: { Variables: { NODE_OPTIONS: --enable-source-maps } }') + esbuild('');
  expect((await readText(asked)).functions[0]?.build?.properties).toEqual({ Sourcemap: true });
});

test('what a condition excludes may be of any type, and need not be understood', async () => {
  const conditional = (isThere: string) => `${HELLO}
  Tuning:
    Type: AWS::Serverless::Application
    Condition: IsOnAws
    Properties: { Location: { ApplicationId: arn, SemanticVersion: 4.4.0 } }
Conditions: { IsOnAws: !Equals [${isThere}, yes] }
Outputs:
  Tuner: { Condition: IsOnAws, Value: !GetAtt Tuning.Outputs.StateMachineARN }
  Name: { Value: !Ref HelloFunction, Export: { Name: x } }
`;
  expect((await readText(conditional('no'))).outputs).toEqual({ Name: 'lambda-parallel-HelloFunction' });
  const [problem, ...others] = await problemsOf(conditional('yes'));
  expect(problem).toMatch(
    /^11: Tuning\.Type must be of a type that the embedded AWS has, AWS::Serverless::Function, .*: AWS::Serverless::Application; give it a Condition that is false here, or take it out$/,
  );
  expect(others).toEqual([]);
});

test('a file that is not there is an error that names it', async () => {
  expect((await rejectionOf(readTemplate('nowhere.yaml'))).message).toMatch(
    /^Cannot read the template as nowhere\.yaml must be a file: ENOENT.*; correct the path$/,
  );
});
