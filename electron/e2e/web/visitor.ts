import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright';
import { startAcademy, type Academy } from '../support/academy.ts';
import { enter, signIn } from '../support/acting.ts';
import { CuttableProxy } from '../support/cuttable-proxy.ts';
import type { PersonName } from '../support/stage.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** One person in a browser of their own, with their own line to the server. */
export type Visitor = {
  person: PersonName;
  context: BrowserContext;
  page: Page;
  line: CuttableProxy;
  /** Uncaught exceptions and console errors so far, without those of a cut line. */
  errors: string[];
  close(): Promise<void>;
};

/** The academy with the web edition as it is built now; a build that runs meanwhile changes nothing under the visitors. */
export async function startWebAcademy(): Promise<Academy> {
  const built = path.join(root, 'out/renderer');
  if (!existsSync(path.join(built, 'index.html'))) throw new Error('the app is not built: run npm run build first');
  const folder = mkdtempSync(path.join(tmpdir(), 'growth-web-'));
  cpSync(built, folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return startAcademy({ env: { WEB_DIR: folder } });
}

const networkNoise = /Failed to load resource|net::ERR_|Failed to fetch/;

/** Opens the web edition for a person who is not signed in yet. */
export async function visitAs(
  person: PersonName,
  { browser, academy }: { browser: Browser; academy: Academy },
): Promise<Visitor> {
  const line = await CuttableProxy.start(academy.url);
  const context = await browser.newContext({
    baseURL: line.url,
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !networkNoise.test(message.text())) errors.push(message.text());
  });
  await page.goto('/');
  const close = async (): Promise<void> => {
    await context.close();
    await line.close();
  };
  return { person, context, page, line, errors, close };
}

/** Signs in and goes through the first sync. */
export async function arriveAs(person: PersonName, stage: { browser: Browser; academy: Academy }): Promise<Visitor> {
  const visitor = await visitAs(person, stage);
  await visitor.page.getByTestId('field-email').waitFor();
  await signIn(visitor);
  await enter(visitor);
  return visitor;
}

/** Serious and critical findings of axe on what is shown now. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
