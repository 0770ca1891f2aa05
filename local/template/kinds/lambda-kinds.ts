import { FOR_PEOPLE, NO_ENCRYPTION, NO_POLICIES, type ResourceFacts, type ResourceKind, withoutEffect } from './resource-kind.ts';

const functionArn = ({ region, accountId, physicalName }: ResourceFacts): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${physicalName}`;

export const FUNCTION: ResourceKind = {
  naming: {
    property: 'FunctionName',
    maxLength: 64,
    pattern: /^[\w-]+$/,
    inWords: 'letters, digits, - and _',
  },
  attributes: {
    Arn: functionArn,
    Alias(facts) {
      const aliasName = facts.property('AutoPublishAlias');
      return aliasName && `${functionArn(facts)}:${aliasName}`;
    },
  },
  properties: {
    FunctionName: 'read',
    Description: 'read',
    Handler: 'read',
    Runtime: 'read',
    CodeUri: 'read',
    MemorySize: 'read',
    Timeout: 'read',
    Environment: 'read',
    Layers: 'read',
    Architectures: 'read',
    LoggingConfig: 'read',
    Role: 'read',
    ReservedConcurrentExecutions: 'read',
    AutoPublishAlias: 'read',
    Events: 'read',
    EventInvokeConfig: 'read',
    PackageType: 'read',
    Policies: NO_POLICIES,
    AssumeRolePolicyDocument: NO_POLICIES,
    PermissionsBoundary: NO_POLICIES,
    RolePath: NO_POLICIES,
    CodeSigningConfigArn: withoutEffect('code does not leave this machine'),
    Tags: FOR_PEOPLE,
    PropagateTags: FOR_PEOPLE,
    KmsKeyArn: NO_ENCRYPTION,
    SourceKMSKeyArn: NO_ENCRYPTION,
    Tracing: withoutEffect('there is no X-Ray here'),
    EphemeralStorage: withoutEffect('/tmp is that of this machine'),
    RuntimeManagementConfig: withoutEffect('the runtime is that of this repository'),
    RecursiveLoop: withoutEffect('a loop is stopped with Ctrl-C'),
    VersionDescription: FOR_PEOPLE,
    AutoPublishAliasAllProperties: withoutEffect('versions are made anew at every start'),
    AutoPublishCodeSha256: withoutEffect('versions are made anew at every start'),
  },
};

export const LAYER_VERSION: ResourceKind = {
  naming: {
    property: 'LayerName',
    maxLength: 140,
    pattern: /^[\w-]+$/,
    inWords: 'letters, digits, - and _',
  },
  reference: ({ region, accountId, physicalName }) => `arn:aws:lambda:${region}:${accountId}:layer:${physicalName}:1`,
  attributes: {},
  properties: {
    LayerName: 'read',
    ContentUri: 'read',
    Description: FOR_PEOPLE,
    LicenseInfo: FOR_PEOPLE,
    CompatibleArchitectures: withoutEffect('what is in the layer is that of this machine'),
    CompatibleRuntimes: withoutEffect('AWS checks it, this machine has one'),
    RetentionPolicy: withoutEffect('nothing is kept from one start to the next'),
    PublishLambdaVersion: withoutEffect('versions are made anew at every start'),
  },
};

export const PERMISSION: ResourceKind = {
  naming: { maxLength: 255, pattern: /^/, inWords: 'any' },
  attributes: {},
  properties: {
    Action: NO_POLICIES,
    FunctionName: NO_POLICIES,
    Principal: NO_POLICIES,
    PrincipalOrgID: NO_POLICIES,
    SourceAccount: NO_POLICIES,
    SourceArn: NO_POLICIES,
  },
};
