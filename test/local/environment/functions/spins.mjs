/** Computes for so long on the clock, and tells how much CPU it got per time. */
export const handler = async ({ ms }) => {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  while (performance.now() - startedAt < ms);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { share: (user + system) / 1000 / (performance.now() - startedAt) };
};
