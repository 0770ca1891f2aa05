import { runBench } from './bench-program.ts';
import { ec2CallFigures } from './io/ec2-calls.ts';
import { jobSpeedupFigures } from './io/job-speedups.ts';
import { mapOverheadFigures } from './io/map-overhead.ts';
import { streamMemoryFigures } from './io/stream-memory.ts';

await runBench({
  command: 'bench:io',
  description: 'Measures the I/O engine beside its peers, in one run.',
  areas: { map: mapOverheadFigures, memory: streamMemoryFigures, ec2: ec2CallFigures, jobs: jobSpeedupFigures },
});
