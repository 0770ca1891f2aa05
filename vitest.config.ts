import { defineConfig } from 'vitest/config';

// As Node resolves, plus our own: with `module`, the AWS SDK hands out files that are for bundlers only.
const conditions = ['lambda-parallel-source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    // Worker threads load their files by Node itself, with the flags of this process.
    execArgv: ['--conditions=lambda-parallel-source'],
    setupFiles: ['test/helpers/aws-environment.setup.ts'],
    // Sockets and child processes on two cores: slow is not stuck.
    testTimeout: 30_000,
    // Nor is a thread that a loaded machine has not started yet.
    retry: process.env['CI'] === undefined ? 0 : 2,
    hookTimeout: 60_000,
  },
});
