let ticks = 0;

export const handler = async () => {
  setInterval(() => ticks++, 1);
  return { ticks, pid: process.pid };
};
