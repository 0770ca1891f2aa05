/** What `template.yaml` says, with parameters, conditions and intrinsic functions resolved. */
export interface TemplateModel {
  readonly functions: readonly FunctionModel[];
  readonly buckets: readonly BucketModel[];
  /** By their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

export type Runtime = 'nodejs22.x' | 'nodejs24.x';
export type Architecture = 'arm64' | 'x86_64';
export type LogFormat = 'JSON' | 'Text';

/** One `AWS::Serverless::Function`. */
export interface FunctionModel {
  readonly logicalId: string;
  readonly functionName: string;
  readonly description: string;
  /** `<file>.<export>`. */
  readonly handler: string;
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logFormat: LogFormat;
  readonly roleArn: string;
  readonly reservedConcurrency: number | undefined;
  /** Of `AutoPublishAlias`. */
  readonly aliasName: string | undefined;
  /** `CodeUri`, absolute. */
  readonly codeFolder: string;
  /** `Metadata.BuildProperties`; absent where the code is deployed as it is. */
  readonly build: EsbuildModel | undefined;
  /** Content folders of the layers, absolute: what is on `/opt` on Lambda. */
  readonly layerFolders: readonly string[];
  /** What the layer folders are built from, in the same order. Absent where they are built already. */
  readonly layers?: readonly LayerModel[] | undefined;
  /** What becomes of events that fail. Absent: as Lambda does it by default. */
  readonly eventInvoke?: EventInvokeModel | undefined;
}

/** One `AWS::Serverless::LayerVersion`. */
export interface LayerModel {
  readonly logicalId: string;
  /** `ContentUri`, absolute. */
  readonly contentFolder: string;
  /** `Metadata.BuildMethod`; absent where the content is deployed as it is. */
  readonly buildMethod: Runtime | undefined;
}

/** `EventInvokeConfig`, for asynchronous invocations. */
export interface EventInvokeModel {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

/** `Metadata` of a function with `BuildMethod: esbuild`: properties by SAM's own names. */
export interface EsbuildModel {
  readonly entryPoints: readonly string[];
  readonly properties: Readonly<Record<string, string | boolean | readonly string[]>>;
}

/** One `AWS::S3::Bucket`. */
export interface BucketModel {
  readonly logicalId: string;
  readonly bucketName: string;
  readonly notifications: readonly BucketNotification[];
}

/** New objects that start a function. */
export interface BucketNotification {
  readonly functionLogicalId: string;
  /** The alias that is to be invoked. Absent: `$LATEST`. */
  readonly qualifier?: string | undefined;
  /** `s3:ObjectCreated:*` and the like. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}
