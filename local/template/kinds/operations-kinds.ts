import { FOR_PEOPLE, NO_ENCRYPTION, NO_POLICIES, type ResourceFacts, type ResourceKind, withoutEffect } from './resource-kind.ts';

const NO_CLOUDWATCH = withoutEffect('there is no CloudWatch here: logs are followed as they are written');

export const LOG_GROUP: ResourceKind = {
  naming: { property: 'LogGroupName', maxLength: 512, pattern: /^[\w./#-]+$/, inWords: 'letters, digits and _ - / . #' },
  attributes: {
    Arn: ({ region, accountId, physicalName }) => `arn:aws:logs:${region}:${accountId}:log-group:${physicalName}:*`,
  },
  properties: {
    LogGroupName: 'read',
    RetentionInDays: NO_CLOUDWATCH,
    LogGroupClass: NO_CLOUDWATCH,
    KmsKeyId: NO_ENCRYPTION,
    Tags: FOR_PEOPLE,
  },
};

export const DASHBOARD: ResourceKind = {
  naming: { property: 'DashboardName', maxLength: 255, pattern: /^[\w-]+$/, inWords: 'letters, digits, - and _' },
  attributes: {},
  properties: { DashboardName: 'read', DashboardBody: NO_CLOUDWATCH, Tags: FOR_PEOPLE },
};

const IAM_NAME = { pattern: /^[\w+=,.@-]+$/, inWords: 'letters, digits and _ + = , . @ -' };
const iamArn =
  (type: string) =>
  ({ accountId, physicalName, property }: ResourceFacts): string =>
    `arn:aws:iam::${accountId}:${type}${property('Path') ?? '/'}${physicalName}`;

export const ROLE: ResourceKind = {
  naming: { property: 'RoleName', maxLength: 64, ...IAM_NAME },
  attributes: { Arn: iamArn('role') },
  properties: {
    RoleName: 'read',
    Path: 'read',
    AssumeRolePolicyDocument: NO_POLICIES,
    ManagedPolicyArns: NO_POLICIES,
    MaxSessionDuration: NO_POLICIES,
    PermissionsBoundary: NO_POLICIES,
    Policies: NO_POLICIES,
    Description: FOR_PEOPLE,
    Tags: FOR_PEOPLE,
  },
};

export const POLICY: ResourceKind = {
  naming: { property: 'PolicyName', maxLength: 128, ...IAM_NAME },
  attributes: {},
  properties: { PolicyName: 'read', PolicyDocument: NO_POLICIES, Roles: NO_POLICIES, Users: NO_POLICIES, Groups: NO_POLICIES },
};

export const MANAGED_POLICY: ResourceKind = {
  naming: { property: 'ManagedPolicyName', maxLength: 128, ...IAM_NAME },
  reference: iamArn('policy'),
  attributes: { PolicyArn: iamArn('policy') },
  properties: {
    ManagedPolicyName: 'read',
    Path: 'read',
    PolicyDocument: NO_POLICIES,
    Roles: NO_POLICIES,
    Users: NO_POLICIES,
    Groups: NO_POLICIES,
    Description: FOR_PEOPLE,
  },
};
