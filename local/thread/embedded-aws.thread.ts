import { parentPort, workerData } from 'node:worker_threads';
import { createFleet } from '../ec2/fleet.ts';
import { startEmbeddedAws } from '../index.ts';
import { COUNTED_SERVICES, type ThreadAnswer, type ThreadOptions, type ThreadRequest } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('Cannot start: this module runs in a thread that startEmbeddedAwsThread() makes');

const { fleet, callCounts } = workerData as ThreadOptions;
const counts = new Int32Array(callCounts);
const aws = await startEmbeddedAws({
  ec2: { fleet: createFleet(fleet) },
  onCall: (service) => Atomics.add(counts, COUNTED_SERVICES.indexOf(service), 1),
});

function serve(request: ThreadRequest): void {
  switch (request.do) {
    case 'configure':
      aws.configure(request.service, request.settings);
      break;
    case 'setRequestBuckets':
      aws.ec2.setRequestBuckets(request.buckets);
      break;
  }
}

const answer = (message: ThreadAnswer): void => port.postMessage(message);
port.on('message', (request: ThreadRequest) => {
  try {
    serve(request);
    answer({ is: 'done' });
  } catch (error) {
    answer({ is: 'failed', error });
  }
});
answer({ is: 'started', url: aws.url });
