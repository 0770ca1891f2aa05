import type { IncomingMessage } from 'node:http';

export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** `AKIA…/20261120/us-east-1/s3/aws4_request`, from the header or a presigned URL: the only place where a request names its service. */
const SCOPE = /(?:Credential=|^)([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;

export function credentialScope(request: IncomingMessage, query: URLSearchParams): CredentialScope | undefined {
  const source = request.headers.authorization ?? query.get('X-Amz-Credential') ?? '';
  const [, accessKeyId, region, service] = SCOPE.exec(source) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
