import { defineConfig } from '@playwright/test';

/** Journeys through the whole product. `npm run build` first; `npm test` does. */
export default defineConfig({
  testDir: 'electron/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  // Two cores: one stage (a server and several apps) at a time, so that measured times mean something.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', testIgnore: '**/web/**' },
    {
      name: 'web',
      testMatch: '**/web/**/*.e2e.ts',
      use: {
        browserName: 'chromium',
        headless: true,
        // Chromium's own sandbox refuses to run as root; the pages are ours.
        launchOptions: {
          executablePath: process.env['CHROMIUM_HOST_BROWSER'] ?? '/usr/bin/chromium',
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
  ],
});
