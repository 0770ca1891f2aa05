import type { Volume } from './model.ts';
import { escapeXml, tagSetXml } from './xml.ts';

export function volumeSetXml(volumes: readonly Volume[]): string {
  let items = '';
  for (const volume of volumes) items += volumeXml(volume);
  return `<volumeSet>${items}</volumeSet>`;
}

function volumeXml(volume: Volume): string {
  const { volumeId, iops, throughput, kmsKeyId, attachments } = volume;
  let attachmentItems = '';
  for (const { instanceId, device, state, attachTime, deleteOnTermination } of attachments) {
    attachmentItems +=
      `<item><volumeId>${volumeId}</volumeId><instanceId>${instanceId}</instanceId><device>${escapeXml(device)}</device>` +
      `<status>${state}</status><attachTime>${attachTime}</attachTime><deleteOnTermination>${deleteOnTermination}</deleteOnTermination></item>`;
  }
  return (
    `<item><volumeId>${volumeId}</volumeId><size>${volume.sizeGib}</size><snapshotId>${volume.snapshotId}</snapshotId>` +
    `<availabilityZone>${volume.availabilityZone}</availabilityZone><status>${volume.state}</status>` +
    `<createTime>${volume.createTime}</createTime><attachmentSet>${attachmentItems}</attachmentSet>${tagSetXml(volume.tags)}` +
    `<volumeType>${volume.volumeType}</volumeType>` +
    (iops === undefined ? '' : `<iops>${iops}</iops>`) +
    (throughput === undefined ? '' : `<throughput>${throughput}</throughput>`) +
    `<encrypted>${volume.encrypted}</encrypted>` +
    (kmsKeyId === undefined ? '' : `<kmsKeyId>${escapeXml(kmsKeyId)}</kmsKeyId>`) +
    `<multiAttachEnabled>${volume.multiAttachEnabled}</multiAttachEnabled></item>`
  );
}
