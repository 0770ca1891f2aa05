import { defineConfig } from 'vitest/config';

const conditions = ['lambda-parallel-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    // Sockets and child processes on two cores: slow is not stuck.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
