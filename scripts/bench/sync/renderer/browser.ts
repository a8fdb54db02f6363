import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { findBrowser } from '../../../find-browser.ts';

export type Browser = {
  context: BrowserContext;
  /** Uncaught errors of its pages so far. */
  errors: string[];
  close(): Promise<void>;
};

/** A browser with a profile of its own on the disk: in a private window IndexedDB would live in memory. */
export async function openBrowser(tell: (line: string) => void): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'growth-bench-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await findBrowser(tell),
    headless: true,
    chromiumSandbox: false,
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
    args: ['--enable-precise-memory-info'],
  });
  const errors: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  return {
    context,
    errors,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs one measurement in a page of its own. */
export async function inPage<T>(browser: Browser, url: string, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.context.newPage();
  try {
    await page.goto(url);
    return await work(page);
  } finally {
    await page.close();
  }
}
