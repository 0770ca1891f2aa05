import { defineWorker } from 'lambda-parallel';

/** Throws errors that refer to each other: as many paths lead through them as there are combinations. */
export default defineWorker((count: number): never => {
  const errors = Array.from({ length: count }, () => new Error('one of many'));
  for (const error of errors) for (const [index, other] of errors.entries()) Object.assign(error, { [`other${index}`]: other });
  throw new AggregateError(errors, 'entangled');
});
