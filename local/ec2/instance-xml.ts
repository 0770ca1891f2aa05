import { type FleetInstance, privateDnsName, STATE_CODES } from './instance-kind.ts';
import { escapeXml, tagSetXml } from './xml.ts';

/** Neighbours of one reservation share its element; one that is cut by the end of a page comes again on the next. */
export function reservationSetXml(instances: readonly FleetInstance[]): string {
  let xml = '';
  let reservationId: string | undefined;
  for (const instance of instances) {
    if (instance.reservationId !== reservationId) {
      if (reservationId !== undefined) xml += '</instancesSet></item>';
      ({ reservationId } = instance);
      xml += `<item><reservationId>${reservationId}</reservationId><ownerId>${instance.ownerId}</ownerId><groupSet/><instancesSet>`;
    }
    xml += instanceXml(instance);
  }
  if (reservationId !== undefined) xml += '</instancesSet></item>';
  return `<reservationSet>${xml}</reservationSet>`;
}

function instanceXml(instance: FleetInstance): string {
  const { state, publicIpAddress } = instance;
  let blockDevices = '';
  for (const { volumeId, device, status, attachTime, deleteOnTermination } of instance.blockDevices) {
    blockDevices +=
      `<item><deviceName>${escapeXml(device)}</deviceName><ebs><volumeId>${volumeId}</volumeId><status>${status}</status>` +
      `<attachTime>${attachTime}</attachTime><deleteOnTermination>${deleteOnTermination}</deleteOnTermination></ebs></item>`;
  }
  let groups = '';
  for (const { groupId, groupName } of instance.securityGroups)
    groups += `<item><groupId>${groupId}</groupId><groupName>${escapeXml(groupName)}</groupName></item>`;
  return (
    `<item><instanceId>${instance.instanceId}</instanceId><imageId>${instance.imageId}</imageId>` +
    `<instanceState><code>${STATE_CODES[state]}</code><name>${state}</name></instanceState>` +
    `<privateDnsName>${privateDnsName(instance)}</privateDnsName><dnsName/><reason/>` +
    `<keyName>${escapeXml(instance.keyName)}</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/>` +
    `<instanceType>${instance.instanceType}</instanceType><launchTime>${instance.launchTime}</launchTime>` +
    `<placement><availabilityZone>${instance.availabilityZone}</availabilityZone><groupName/><tenancy>default</tenancy></placement>` +
    `<monitoring><state>disabled</state></monitoring><subnetId>${instance.subnetId}</subnetId><vpcId>${instance.vpcId}</vpcId>` +
    `<privateIpAddress>${instance.privateIpAddress}</privateIpAddress>` +
    (publicIpAddress === undefined ? '' : `<ipAddress>${publicIpAddress}</ipAddress>`) +
    `<sourceDestCheck>true</sourceDestCheck><groupSet>${groups}</groupSet><architecture>${instance.architecture}</architecture>` +
    `<rootDeviceType>${instance.rootDeviceType}</rootDeviceType><rootDeviceName>${escapeXml(instance.rootDeviceName)}</rootDeviceName>` +
    `<blockDeviceMapping>${blockDevices}</blockDeviceMapping><virtualizationType>hvm</virtualizationType>` +
    `${tagSetXml(instance.tags)}<hypervisor>xen</hypervisor></item>`
  );
}
