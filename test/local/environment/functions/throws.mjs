export const handler = async ({ message }) => {
  throw new RangeError(message);
};
