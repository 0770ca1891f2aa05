console.log('initialising');

export const handler = ({ isBusy }) => {
  console.log('starting');
  while (isBusy);
  return new Promise(() => setInterval(() => undefined, 1_000));
};
