import { defineWorker } from 'lambda-parallel';

const { warn } = console;

/** Logs in every way there is. */
export default defineWorker((name: string): string => {
  console.log('begin', name, { nested: { name } });
  warn('kept hold of warn', name);
  console.error(new Error(`trouble with ${name}`));
  console.debug(() => name);
  return name;
});
