import { defineWorker } from 'lambda-parallel';

const K = +(process.env['SPIN'] ?? 0);
export default defineWorker((x: number): number => {
  let s = x | 0;
  for (let i = 0; i < K; i++) s = (Math.imul(s, 1664525) + 1013904223) | 0;
  return s;
});
