import { runBench } from './bench-program.ts';
import { imageResizeFigures } from './cpu/image-resize.ts';
import { mapRateFigures } from './cpu/map-rates.ts';
import { runOverheadFigures } from './cpu/run-overhead.ts';
import { threadSpeedupFigures } from './cpu/thread-speedups.ts';

await runBench({
  command: 'bench:cpu',
  description: 'Measures the CPU engine beside its peers, in one run of three to four minutes.',
  areas: {
    map: mapRateFigures,
    run: runOverheadFigures,
    threads: threadSpeedupFigures,
    'image-resize': imageResizeFigures,
  },
});
