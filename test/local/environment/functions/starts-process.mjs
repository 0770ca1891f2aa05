import { spawn } from 'node:child_process';

/** Leaves a process behind, in a session of its own. */
export const handler = async () => {
  const child = spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' });
  child.unref();
  return { pid: child.pid };
};
