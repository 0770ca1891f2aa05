let count = 0;

export const handler = async (event, context) => {
  count++;
  return { event, count, pid: process.pid, context, remainingMs: context.getRemainingTimeInMillis() };
};
