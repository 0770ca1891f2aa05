import { ServiceError } from '../endpoint/service.ts';
import type { Fleet, Volume } from './model.ts';
import type { ResourceKind, ResourceTable } from './resource-kind.ts';
import { indexBy } from './table-index.ts';

const VOLUME_KIND: ResourceKind<Volume> = {
  idName: 'VolumeId',
  idSetName: 'volumeSet',
  // "between 5 and 500; if MaxResults is given a value larger than 500, only 500 results are returned": API_DescribeVolumes, 2016-11-15.
  maxResults: { most: 500, isClamped: true },
  tagsOf: ({ tags }) => tags,
  assertWellFormed(id) {
    if (!id.startsWith('vol-'))
      throw new ServiceError(
        400,
        'InvalidParameterValue',
        `Value (${id}) for parameter volumes is invalid. Expected: 'vol-...'.`,
      );
    if (!/^vol-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
      throw new ServiceError(400, 'InvalidVolumeID.Malformed', `Invalid id: "${id}"`);
  },
  notFound([first = '', ...others]) {
    const message =
      others.length === 0
        ? `The volume '${first}' does not exist.`
        : `The volumes '${[first, ...others].join(', ')}' do not exist.`;
    return new ServiceError(400, 'InvalidVolume.NotFound', message);
  },
  filters: {
    'attachment.attach-time': ({ attachments }) => attachments.map(({ attachTime }) => attachTime),
    'attachment.delete-on-termination': ({ attachments }) =>
      attachments.map(({ deleteOnTermination }) => String(deleteOnTermination)),
    'attachment.device': ({ attachments }) => attachments.map(({ device }) => device),
    'attachment.instance-id': ({ attachments }) => attachments.map(({ instanceId }) => instanceId),
    'attachment.status': ({ attachments }) => attachments.map(({ state }) => state),
    'availability-zone': ({ availabilityZone }) => availabilityZone,
    'create-time': ({ createTime }) => createTime,
    encrypted: ({ encrypted }) => String(encrypted),
    'fast-restored': () => 'false',
    'multi-attach-enabled': ({ multiAttachEnabled }) => String(multiAttachEnabled),
    'operator.managed': () => 'false',
    size: ({ sizeGib }) => String(sizeGib),
    'snapshot-id': ({ snapshotId }) => snapshotId,
    status: ({ state }) => state,
    'volume-id': ({ volumeId }) => volumeId,
    'volume-type': ({ volumeType }) => volumeType,
  },
};

export function volumeTable({ volumes }: Fleet): ResourceTable<Volume> {
  const byId = indexBy(volumes, ({ volumeId }) => [volumeId]);
  const byInstance = indexBy(volumes, ({ attachments }) => attachments.map(({ instanceId }) => instanceId));
  return { kind: VOLUME_KIND, resources: volumes, byId, indexes: { 'volume-id': byId, 'attachment.instance-id': byInstance } };
}
