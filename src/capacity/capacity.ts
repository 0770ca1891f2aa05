import { vcpuShare } from './vcpu-share.ts';

/** What the execution environment has. Two numbers for CPU, never one: the time that is paid for and the cores that are seen. */
export interface Capacity {
  /** The function's memory setting, in MB. Absent outside Lambda. */
  readonly memoryMb: number | undefined;
  /** CPU time paid for, in vCPUs. Outside Lambda and on Managed Instances, the cores that are seen. */
  readonly vcpuShare: number;
  /** Cores the process sees. Below 1,769 MB these are more than are paid for. */
  readonly visibleVcpus: number;
  /** Set on Lambda Managed Instances, where invocations overlap in one environment. */
  readonly managedInstances: ManagedInstancesCapacity | undefined;
}

export interface ManagedInstancesCapacity {
  /** Invocations that one environment takes at the same time. */
  readonly maxConcurrency: number;
  /** Worker threads of the Lambda runtime itself, each of which loads the function's module. */
  readonly runtimeWorkerCount: number;
}

/** What is read from the environment, before anything is derived from it. */
export interface CapacityFacts {
  readonly memoryMb: number | undefined;
  readonly visibleVcpus: number;
  /** Present on Managed Instances alone. */
  readonly maxConcurrency: number | undefined;
  readonly runtimeWorkerCount: number | undefined;
}

/** What the runtime starts where `AWS_LAMBDA_NODEJS_WORKER_COUNT` is not set: `getWorkerCount` in aws-lambda-ric 4.0.2. */
const RUNTIME_WORKERS_PER_VCPU = 8;

export function capacityFrom({ memoryMb, visibleVcpus, maxConcurrency, runtimeWorkerCount }: CapacityFacts): Capacity {
  if (maxConcurrency !== undefined) {
    const managedInstances = {
      maxConcurrency,
      runtimeWorkerCount: runtimeWorkerCount ?? RUNTIME_WORKERS_PER_VCPU * visibleVcpus,
    };
    // There memory and vCPUs are bought in a ratio of the user's choice; the tier's formula does not hold.
    return { memoryMb, visibleVcpus, vcpuShare: visibleVcpus, managedInstances };
  }
  return {
    memoryMb,
    visibleVcpus,
    vcpuShare: memoryMb === undefined ? visibleVcpus : vcpuShare(memoryMb),
    managedInstances: undefined,
  };
}

/**
 * Worker threads worth having: a fraction of a vCPU is worth one (of 1.3 vCPUs two threads make 1.25 times the use that one
 * makes), a second one below a whole vCPU is not. Managed Instances load the function once per worker of the runtime, and all of
 * these share the machine.
 */
export function threadsThatPay({ vcpuShare, visibleVcpus, managedInstances }: Capacity): number {
  const budget = Math.min(visibleVcpus, Math.ceil(vcpuShare));
  return Math.max(1, Math.floor(budget / (managedInstances?.runtimeWorkerCount ?? 1)));
}
