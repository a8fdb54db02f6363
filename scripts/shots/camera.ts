import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';

/** How a screen is looked at: in both themes, and in the smallest window the desktop app has. */
const views = {
  light: { theme: 'light', width: 1280, height: 800 },
  dark: { theme: 'dark', width: 1280, height: 800 },
  small: { theme: 'light', width: 960, height: 600 },
} as const;

export type Camera = {
  /** Takes a page as it stands, in every view, and asks axe about each. */
  look(page: Page, name: string): Promise<void>;
  /** Something that should not have been in the console. */
  complain(text: string): void;
  readonly counts: { shots: number; console_errors: number; axe_serious: number };
};

export function createCamera({ out, tell }: { out: string; tell: (line: string) => void }): Camera {
  const counts = { shots: 0, console_errors: 0, axe_serious: 0 };
  mkdirSync(out, { recursive: true });

  async function take(page: Page, name: string): Promise<void> {
    // Skeletons are what a picture must not show; the film of a lesson arrives last.
    await page.waitForFunction(() => document.querySelector('.animate-breathe') === null, undefined, {
      timeout: 15_000,
    });
    // What goes round for ever (a spinner) never ends.
    await page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
          .map((one) => one.finished.catch(() => undefined)),
      ),
    );
    writeFileSync(path.join(out, `${name}.png`), await page.screenshot());
    counts.shots += 1;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      counts.axe_serious += 1;
      tell(`axe ${name}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    }
  }

  return {
    counts,
    async look(page, name) {
      for (const [view, { theme, width, height }] of Object.entries(views)) {
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize({ width, height });
        await take(page, `${name}.${view}`);
      }
      await page.emulateMedia({ colorScheme: views.light.theme });
      await page.setViewportSize(views.light);
    },
    complain(text) {
      counts.console_errors += 1;
      tell(`console ${text}`);
    },
  };
}
