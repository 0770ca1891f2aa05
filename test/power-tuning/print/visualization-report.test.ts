import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { visualizationReport } from '../../../power-tuning/print/visualization-report.ts';

test('visualizationReport() draws a URL as table and chart, with the best settings', () => {
  // 128, 256 and 512 MB; 100, 50 and 25 ms; 1, 2 and 3 millionths of a dollar.
  const url = `https://lambda-power-tuning.show/#${encoded(Int16Array.of(128, 256, 512))};${encoded(
    Float32Array.of(100, 50, 25),
  )};${encoded(Float32Array.of(1e-6, 2e-6, 3e-6))}`;
  const text = stripVTControlCharacters(visualizationReport(url, { withinPercent: 10, columns: 80 }));
  expect(text).toMatch(/│ 256 MB │ 0\.14 │ 50\.0 ms │ +\$2\.00 │ +2\.0x │/);
  expect(text).toMatch(/^128 MB {2}█+ 100 ms {3}█+ \$1\.00$/m);
  expect(text).toContain('cost: 128 MB, $1.00 per million, 100 ms; 300 % slower than the fastest');
  expect(text).toContain('speed: 512 MB, $3.00 per million, 25.0 ms; 200 % dearer than the cheapest');
  expect(text).not.toContain('p95');
});

test('visualizationReport() refuses what is no such URL', () => {
  expect(() => visualizationReport('https://lambda-power-tuning.show/#gAA=', { withinPercent: 10, columns: 80 })).toThrow(
    /^Cannot read the visualization URL: /,
  );
});

function encoded(numbers: Int16Array | Float32Array): string {
  return Buffer.from(numbers.buffer).toString('base64');
}
