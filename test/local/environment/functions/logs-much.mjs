export const handler = async ({ count }) => {
  for (let index = 0; index < count; index++) console.log(`line ${index} ${'x'.repeat(100)}`);
  return count;
};
