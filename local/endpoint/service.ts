import type { IncomingMessage, ServerResponse } from 'node:http';

/** The error a service answers with above its throttle. */
export interface ThrottledAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type ServiceName = 's3' | 'ec2' | 'lambda';

/** One request, as far as the endpoint has read it. The body is still to be read from `request`. */
export interface ServiceCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As sent, still percent-encoded: S3 keys may hold `//`, `+` and `%2F`, which `URL` would not keep apart. */
  readonly rawPath: string;
  /** What follows the `?`, as sent; empty without one. */
  readonly rawQuery: string;
  /** Parsed when first read. */
  readonly query: URLSearchParams;
  /** From the credential scope of the signature; `us-east-1` without one. */
  readonly region: string;
  /** From the credential scope; absent when the request is not signed. The signature itself is not verified. */
  readonly accessKeyId?: string;
  readonly requestId: string;
}

/** A service of the embedded AWS: S3, EC2, Lambda. */
export interface Service {
  readonly name: ServiceName;
  /** The answer above a throttle of the endpoint's settings. Absent: the service has request limits of its own. */
  readonly throttled?: ThrottledAnswer;
  /**
   * The name of the operation in AWS's own words (`GetObject`, `DescribeVolumes`), before anything is done; faults and
   * throttles are set by this name. Reads the body where the name is in it (EC2) and keeps it for `run`.
   */
  identify(call: ServiceCall): Operation | Promise<Operation>;
  /** Writes an error in the service's own wire format. Must also work when nothing of the body was read. */
  fail(call: ServiceCall, error: ServiceError): void;
}

export interface Operation {
  readonly name: string;
  /** Answers the call. Throws {@link ServiceError} for an error that AWS would answer. */
  run(): void | Promise<void>;
}

/** An error the service answers with, in AWS's own code and status. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Fields of the answer beside code and message, as `Key` and `BucketName` in S3's. */
  readonly details: Readonly<Record<string, string>>;
  /** Extra response headers. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    {
      details = {},
      headers = {},
    }: { details?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
