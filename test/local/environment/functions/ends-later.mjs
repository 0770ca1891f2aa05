export const handler = async () => {
  setImmediate(() => setImmediate(() => process.exit(3)));
  return 'answered';
};
