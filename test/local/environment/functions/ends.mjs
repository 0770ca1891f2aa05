export const handler = async ({ how, code }) => {
  console.log('ending');
  if (how === 'exit') process.exit(code);
  setTimeout(() => {
    throw new Error('nobody catches this');
  }, 1);
  return new Promise(() => undefined);
};
