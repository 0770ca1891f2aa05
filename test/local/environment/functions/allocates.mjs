const kept = [];

export const handler = async () => {
  for (;;) kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
};
