import type { IncomingMessage } from 'node:http';

export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const MARK = 'Credential=';
const PRESIGNED_MARK = 'X-Amz-Credential=';

/**
 * `AKIA…/20261120/us-east-1/s3/aws4_request`, from the header or a presigned URL: the only place where a request names its service.
 *
 * Cut by position, without a regular expression or a parsed query: it runs for every request, and clients are measured against this server.
 */
export function credentialScope(request: IncomingMessage, rawQuery: string): CredentialScope | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const start = header.indexOf(MARK);
    if (start < 0) return undefined;
    const comma = header.indexOf(',', start);
    return parse(header.slice(start + MARK.length, comma < 0 ? undefined : comma).trimEnd());
  }
  const start = rawQuery.indexOf(PRESIGNED_MARK);
  if (start < 0) return undefined;
  const end = rawQuery.indexOf('&', start);
  return parse(rawQuery.slice(start + PRESIGNED_MARK.length, end < 0 ? undefined : end).replaceAll(/%2f/gi, '/'));
}

function parse(credential: string): CredentialScope | undefined {
  const [accessKeyId, date, region, service, end] = credential.split('/');
  if (!accessKeyId || date?.length !== 8 || !region || !service || end !== 'aws4_request') return undefined;
  return { accessKeyId, region, service };
}
