import { expect, test } from 'vitest';
import { TemplateError } from '../../../local/template/template-error.ts';
import { rejectionOf } from '../../helpers/rejection-of.ts';
import { HELLO, problemsOf, readText } from './read-text.ts';

const withProperties = (properties: string) => `${HELLO.trimEnd()}\n${properties.replaceAll(/^/gm, '      ')}\n`;

test('all problems of a template are one error, with file, line, logical id and property of each', async () => {
  const error = await rejectionOf(readText(withProperties('MemorySize: 64\nVpcConfig: { SubnetIds: [a] }\nTimeout: 901')));
  expect(error).toBeInstanceOf(TemplateError);
  const file = error['file'];
  expect(error).toMatchObject({
    name: 'TemplateError',
    code: 'ERR_LOCAL_TEMPLATE',
    problems: [
      { line: 9, logicalId: 'HelloFunction', property: 'MemorySize' },
      { line: 10, logicalId: 'HelloFunction', property: 'VpcConfig' },
      { line: 11, logicalId: 'HelloFunction', property: 'Timeout' },
    ],
  });
  expect(error.message).toBe(`Cannot read ${file} as it has 3 problems:
  ${file}:9: HelloFunction.MemorySize must be an integer from 128 to 10240: 64; choose one in between
  ${file}:10: HelloFunction.VpcConfig has no meaning in the embedded AWS; take it out, or put it behind a condition that is false here
  ${file}:11: HelloFunction.Timeout must be an integer from 1 to 900: 901; choose one in between`);
});

test.each([
  ['Handler: hello', 'Handler must be <file>.<export>: "hello"; write it as images.handler'],
  ['Runtime: python3.14', 'Runtime must be nodejs24.x or nodejs22.x: "python3.14"; choose one that the embedded AWS has'],
  ['CodeUri: nowhere', 'CodeUri must be a folder, from that of the template: "nowhere"; create it, or correct the path'],
  ['CodeUri: { Bucket: b }', 'CodeUri must be text: a map of Bucket; write one value'],
  [
    'FunctionName: "two words"',
    'FunctionName must be a name of at most 64 characters, letters, digits, - and _: "two words"; choose another one',
  ],
  ['Environment: { Vars: {} }', 'Environment.Vars has no meaning in the embedded AWS, which reads Variables there; take it out'],
  [
    'Environment: { Variables: { AWS_REGION: x } }',
    'Environment.Variables.AWS_REGION must have another name: Lambda keeps this one for itself; rename it',
  ],
  [
    'Layers: [arn:aws:lambda:us-east-1:1:layer:x:1]',
    'Layers[0] must be a layer of this template: "arn:aws:lambda:us-east-1:1:layer:x:1"; write !Ref and its logical id',
  ],
  ['Architectures: [arm64, x86_64]', 'Architectures must be a list of one: a list of 2; write [arm64] or [x86_64]'],
  [
    'LoggingConfig: { ApplicationLogLevel: DEBUG }',
    'LoggingConfig.ApplicationLogLevel must be INFO: "DEBUG"; choose one that the embedded AWS has',
  ],
  ['PackageType: Image', 'PackageType must be Zip: "Image"; choose one that the embedded AWS has'],
  ['AutoPublishAlias: 7', 'AutoPublishAlias must be letters, digits, - and _, and no number: 7; choose another name'],
  [
    'Events: { A: { Type: Schedule, Properties: {} } }',
    'Events.A.Type must be S3, which alone starts functions here: "Schedule"; invoke the function yourself, and put it behind a condition',
  ],
  [
    'Events: { A: { Type: S3, Properties: { Bucket: b, Events: s3:ObjectCreated:* } } }',
    'Events.A.Properties.Bucket must be a bucket of this template: "b"; write !Ref and its logical id',
  ],
  [
    'EventInvokeConfig: { MaximumRetryAttempts: 3 }',
    'EventInvokeConfig.MaximumRetryAttempts must be an integer from 0 to 2: 3; choose one in between',
  ],
  [
    'ReservedConcurrentExecutions: many',
    'ReservedConcurrentExecutions must be an integer from 0 to 100000: "many"; choose one in between',
  ],
  [
    'Policies: [{ S3ReadPolicy: { BucketName: !Ref Nope } }]',
    'Policies[0].S3ReadPolicy.BucketName must name a parameter or a resource of this template: Nope is not there; add it, or correct the name',
  ],
])('a function with { %s } is an error', async (property, message) => {
  const name = property.slice(0, property.indexOf(':'));
  const template = HELLO.replace(new RegExp(`^ +${name}: .*\n`, 'm'), '');
  const problems = await problemsOf(`${template.trimEnd()}\n      ${property}\n`);
  expect(problems).toEqual([expect.stringContaining(`: HelloFunction.${message}`)]);
});

test('missing properties are named', async () => {
  const problems = await problemsOf(HELLO.replace(/ +Handler.*\n/, '').replace(/ +Runtime.*\n/, ''));
  expect(problems.map((problem) => problem.replace(/^\d+: /, ''))).toEqual([
    'HelloFunction must have Handler: it is missing; add it',
    'HelloFunction must have Runtime: it is missing; add it',
  ]);
});

test.each([
  [
    'BucketName: Photos',
    'BucketName must be a name of at most 63 characters, at least 3 of a-z, 0-9, . and -: "Photos"; choose another one',
  ],
  [
    'CorsConfiguration: {}',
    'CorsConfiguration has no meaning in the embedded AWS; take it out, or put it behind a condition that is false here',
  ],
  [
    'NotificationConfiguration: { QueueConfigurations: [] }',
    'NotificationConfiguration.QueueConfigurations has no meaning in the embedded AWS, which reads LambdaConfigurations there; take it out',
  ],
  [
    'NotificationConfiguration: { LambdaConfigurations: [{ Event: s3:ObjectRemoved:*, Function: !GetAtt HelloFunction.Arn }] }',
    'NotificationConfiguration.LambdaConfigurations[0].Event must be s3:ObjectCreated:* or s3:ObjectCreated:Put or',
  ],
  [
    'NotificationConfiguration: { LambdaConfigurations: [{ Event: s3:ObjectCreated:*, Function: other }] }',
    'NotificationConfiguration.LambdaConfigurations[0].Function must be the ARN of a function of this template: "other"; write !GetAtt Function.Arn',
  ],
])('a bucket with { %s } is an error', async (property, message) => {
  const problems = await problemsOf(`${HELLO}  Photos: { Type: AWS::S3::Bucket, Properties: { ${property} } }\n`);
  expect(problems).toEqual([expect.stringContaining(`9: Photos.${message}`)]);
});

test.each([
  ['a: [', 'the template must be valid YAML'],
  ['- a', 'the template must be a map that has Resources: it is something else; write a template'],
  ['Resources: {}', 'the template must have a Transform: it is missing; write Transform: AWS::Serverless-2016-10-31'],
  ['Transform: AWS::Serverless-2016-10-31', 'the template must have Resources: there are none; add them'],
  [`${HELLO}Rules: {}`, 'Rules has no meaning in the embedded AWS, which reads AWSTemplateFormatVersion, Transform,'],
  [
    HELLO.replace('Transform: ', 'Transform: [AWS::LanguageExtensions, ').replace('10-31', '10-31]'),
    'Transform[0] must be AWS::Serverless-2016-10-31 alone: "AWS::LanguageExtensions"; no other macro runs here',
  ],
  [`${HELLO}Globals: { Api: {} }`, 'Globals.Api has no meaning in the embedded AWS, which reads Function there; take it out'],
  [
    `${HELLO}Globals: { Function: { Policies: [] } }`,
    'Globals.Function.Policies must be in each function: SAM takes it from there only; move it',
  ],
  [`${HELLO}    DependsOn: Nope`, 'HelloFunction.DependsOn must name a resource: Nope is not there; correct it'],
  [`${HELLO}    UpdatePolicy: {}`, 'HelloFunction.UpdatePolicy has no meaning in the embedded AWS; take it out'],
  [
    `${HELLO}    Condition: Nope`,
    'HelloFunction.Condition must name one of Conditions: Nope is not there; add it, or correct the name',
  ],
  [`${HELLO}  Topic: { Type: AWS::SNS::Topic }`, 'Topic.Type must be of a type that the embedded AWS has'],
  [
    `${HELLO}  A: { Type: AWS::S3::Bucket, Properties: { BucketName: abc } }\n  B: { Type: AWS::S3::Bucket, Properties: { BucketName: abc } }`,
    'B must have a name of its own: abc is that of A; choose another one',
  ],
])('%j is an error that says so', async (text, message) => {
  expect(await problemsOf(text)).toEqual([expect.stringContaining(`: ${message}`)]);
});

test('a key that is there twice is an error with its line', async () => {
  expect(await problemsOf(`${HELLO}      CodeUri: other\n`)).toEqual([
    '9: the template must be valid YAML: Map keys must be unique; correct it',
  ]);
});
