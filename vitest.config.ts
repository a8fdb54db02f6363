import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', 'out/**', '.cache/**'];

export default defineConfig({
  test: {
    setupFiles: ['./sync-server/testing/fixed-seed.ts'],
    // Left alone it takes one core fewer than there are, which on two cores is one.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{electron,renderer,sync-server,scripts}/**/*.test.ts'],
          exclude: [...ignored, '**/*.pg.test.ts', '**/*.dom.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pg',
          environment: 'node',
          include: ['{electron,renderer,sync-server,scripts}/**/*.pg.test.ts'],
          exclude: ignored,
          globalSetup: ['./sync-server/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['renderer/**/*.dom.test.{ts,tsx}'],
          exclude: ignored,
          testTimeout: 15_000,
        },
      },
    ],
  },
});
