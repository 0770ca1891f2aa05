import { spawnSync } from 'node:child_process';
import { homedir, tmpdir } from 'node:os';

/** What a function can see of where it runs. */
export const handler = async () => ({
  variables: process.env,
  folder: process.cwd(),
  homeFolder: homedir(),
  temporaryFolder: tmpdir(),
  execArgv: process.execArgv,
  command: spawnSync('layer-command', { encoding: 'utf8' }).stdout,
});
