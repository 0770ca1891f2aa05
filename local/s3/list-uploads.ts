import { keyEncoding, pageSize } from './list-page.ts';
import { uploadOf } from './multipart-upload.ts';
import { respondXml } from './respond.ts';
import { bucketOf, OWNER_ID, type S3Call, type S3State } from './s3-call.ts';
import { toBytes } from './sorted-keys.ts';

export function listParts(state: S3State, s3Call: S3Call): void {
  const { call, bucketName, key } = s3Call;
  const upload = uploadOf(state, s3Call);
  const maxParts = pageSize(call.query, 'max-parts');
  const marker = Number(call.query.get('part-number-marker') ?? 0);
  const after = [...upload.parts.values()].filter((part) => part.partNumber > marker).sort((a, b) => a.partNumber - b.partNumber);
  const page = after.slice(0, maxParts);
  const isTruncated = page.length < after.length;
  respondXml(call, 'ListPartsResult', {
    Bucket: bucketName,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: maxParts,
    IsTruncated: isTruncated,
    Part: page.map((part) => ({
      PartNumber: part.partNumber,
      LastModified: new Date(part.lastModifiedMs).toISOString(),
      ETag: `"${part.md5}"`,
      Size: part.size,
      ...(part.checksum && { [`Checksum${part.checksum.algorithm}`]: part.checksum.value }),
    })),
    Initiator: { ID: OWNER_ID },
    Owner: { ID: OWNER_ID },
    StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
    ...(upload.checksum && { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
  });
}

export function listMultipartUploads(state: S3State, { call, bucketName }: S3Call): void {
  const { query } = call;
  const encode = keyEncoding(query);
  const maxUploads = pageSize(query, 'max-uploads');
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  // Few uploads are open at a time, so they are sorted when asked for.
  const uploads = [...bucketOf(state, bucketName).uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .map((upload) => ({ upload, order: toBytes(upload.key), common: commonPrefix(upload.key, prefix, delimiter) }))
    .filter(({ upload, order, common }) => {
      const bytes = common === undefined ? order : toBytes(common);
      if (bytes !== toBytes(keyMarker)) return bytes > toBytes(keyMarker);
      return common === undefined && idMarker !== '' && upload.id > idMarker;
    })
    .sort((a, b) => compare(a.order, b.order) || compare(a.upload.id, b.upload.id));

  const page: typeof uploads = [];
  const commons = new Set<string>();
  let isTruncated = false;
  for (const entry of uploads) {
    if (entry.common !== undefined && commons.has(entry.common)) continue;
    isTruncated = page.length + commons.size === maxUploads;
    if (isTruncated) break;
    if (entry.common === undefined) page.push(entry);
    else commons.add(entry.common);
  }
  const lastCommon = [...commons].at(-1);
  const last = page.at(-1)?.upload;
  const endsInCommon = lastCommon !== undefined && (last === undefined || toBytes(lastCommon) > toBytes(last.key));
  respondXml(call, 'ListMultipartUploadsResult', {
    Bucket: bucketName,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated ? encode(endsInCommon ? lastCommon : (last?.key ?? '')) : undefined,
    NextUploadIdMarker: isTruncated && !endsInCommon ? last?.id : undefined,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxUploads: maxUploads,
    IsTruncated: isTruncated,
    Upload: page.map(({ upload }) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: { ID: OWNER_ID },
      Owner: { ID: OWNER_ID },
      StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
      Initiated: new Date(upload.initiatedMs).toISOString(),
      ...(upload.checksum && { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
    })),
    CommonPrefixes: [...commons].map((common) => ({ Prefix: encode(common) })),
  });
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
