import { FUNCTION, LAYER_VERSION, PERMISSION } from './lambda-kinds.ts';
import { DASHBOARD, LOG_GROUP, MANAGED_POLICY, POLICY, ROLE } from './operations-kinds.ts';
import type { ResourceKind } from './resource-kind.ts';
import { BUCKET, BUCKET_POLICY, QUEUE } from './storage-kinds.ts';

export const FUNCTION_TYPE = 'AWS::Serverless::Function';
export const LAYER_TYPE = 'AWS::Serverless::LayerVersion';
export const BUCKET_TYPE = 'AWS::S3::Bucket';

/** All that a template may have, by type. */
export const KINDS: Readonly<Record<string, ResourceKind>> = {
  [FUNCTION_TYPE]: FUNCTION,
  [LAYER_TYPE]: LAYER_VERSION,
  'AWS::Lambda::Permission': PERMISSION,
  [BUCKET_TYPE]: BUCKET,
  'AWS::S3::BucketPolicy': BUCKET_POLICY,
  'AWS::SQS::Queue': QUEUE,
  'AWS::Logs::LogGroup': LOG_GROUP,
  'AWS::CloudWatch::Dashboard': DASHBOARD,
  'AWS::IAM::Role': ROLE,
  'AWS::IAM::Policy': POLICY,
  'AWS::IAM::ManagedPolicy': MANAGED_POLICY,
};
