/** What the embedded EC2 knows of an account in one region. There are no mutating actions, so nothing here changes after the start. */
export interface Fleet {
  readonly region: string;
  readonly ownerId: string;
  readonly instances: readonly Instance[];
  readonly volumes: readonly Volume[];
}

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** Its block devices are not listed here: they follow from the attachments of the volumes, so the two views cannot disagree. */
export interface Instance {
  readonly instanceId: string;
  /** Instances launched together share it; EC2 answers one reservation with all of them. */
  readonly reservationId: string;
  readonly state: InstanceState;
  readonly instanceType: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly imageId: string;
  readonly keyName: string;
  readonly availabilityZone: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly securityGroups: readonly { readonly groupId: string; readonly groupName: string }[];
  readonly privateIpAddress: string;
  readonly publicIpAddress?: string;
  /** ISO 8601 with milliseconds, as EC2 writes it. */
  readonly launchTime: string;
  readonly rootDeviceName: string;
  readonly rootDeviceType: 'ebs' | 'instance-store';
  readonly tags: Tags;
}

export type VolumeType = 'gp2' | 'gp3' | 'io1' | 'io2' | 'st1' | 'sc1' | 'standard';
type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';

export interface Volume {
  readonly volumeId: string;
  readonly sizeGib: number;
  readonly volumeType: VolumeType;
  readonly iops?: number;
  /** MiB/s; only gp3 has it. */
  readonly throughput?: number;
  readonly state: VolumeState;
  readonly availabilityZone: string;
  readonly createTime: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  /** Empty for a volume that was not made from a snapshot. */
  readonly snapshotId: string;
  readonly multiAttachEnabled: boolean;
  /** More than one only with Multi-Attach (io1, io2: up to 16 instances of one zone). */
  readonly attachments: readonly Attachment[];
  readonly tags: Tags;
}

export interface Attachment {
  readonly instanceId: string;
  readonly device: string;
  readonly state: 'attaching' | 'attached' | 'detaching' | 'detached' | 'busy';
  readonly attachTime: string;
  readonly deleteOnTermination: boolean;
}

export type Tags = Readonly<Record<string, string>>;
