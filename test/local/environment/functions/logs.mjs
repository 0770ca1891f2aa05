export const handler = async ({ lines = [], raw = '' }) => {
  for (const line of lines) console.log(line);
  process.stderr.write(raw);
  return null;
};
