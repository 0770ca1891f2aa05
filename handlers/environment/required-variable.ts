/** Read in the init phase, so that a missing variable fails the deployment and not the first event. */
export function requiredVariable(name: string, whatFor: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`Cannot start: the environment variable ${name}, ${whatFor}, is not set`);
  return value;
}
