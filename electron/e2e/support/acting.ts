import { expect, type Locator, type Page } from '@playwright/test';
import { password } from './academy.ts';
import type { Device, PersonName } from './stage.ts';

export const emails: Record<PersonName, string> = {
  ayesha: 'ayesha@falcon.academy',
  bilal: 'bilal@falcon.academy',
  dua: 'dua@falcon.academy',
  omar: 'omar@falcon.academy',
  sana: 'sana@falcon.academy',
};

/** Fills in the form and waits until the app is there, through the first sync where there is one. */
export async function signIn(device: Pick<Device, 'page' | 'person'>): Promise<void> {
  const { page } = device;
  await page.getByTestId('field-email').fill(emails[device.person]);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('btn-sign-in').click();
}

/** Signs in on a new device and goes on into the app as soon as it may be used. */
export async function arrive(device: Device): Promise<void> {
  await device.start();
  await signIn(device);
  await enter(device);
}

/** Leaves the first sync by its button, or finds the app already open. */
export async function enter({ page }: Pick<Device, 'page'>): Promise<void> {
  const start = page.getByTestId('btn-start');
  const shell = page.getByRole('navigation').first();
  await expect(start.or(shell).first()).toBeVisible({ timeout: 30_000 });
  if (await start.isVisible()) {
    await expect(start).not.toHaveAttribute('aria-disabled', 'true', { timeout: 30_000 });
    await start.click();
  }
  await expect(shell).toBeVisible();
}

export const pill = (page: Page): Locator => page.getByTestId('sync-pill');

export async function expectPill(page: Page, state: string | RegExp, timeout = 30_000): Promise<void> {
  await expect(pill(page)).toHaveAttribute('data-state', state, { timeout });
}

/** Goes to a place of the app as a link would, without loading the page anew. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = `#${to}`;
  }, path);
}

export const lessonRow = (page: Page, lessonId: string): Locator => page.getByTestId(`lesson-row-${lessonId}`);

/** Plays the lesson on screen at double speed until `seconds`, for real: every frame in between runs. */
export async function playTo(page: Page, seconds: number): Promise<void> {
  const video = page.locator('video');
  await expect(video).toBeVisible();
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
  await page.getByTestId('player').hover();
  await page.locator('video').evaluate((element: HTMLVideoElement) => {
    element.muted = true;
  });
  await page.getByTestId('player-speed').selectOption('2');
  await page.getByTestId('btn-play').click();
  await page.waitForFunction((to) => (document.querySelector('video')?.currentTime ?? 0) >= to, seconds, {
    timeout: 60_000,
    polling: 100,
  });
  await page.getByTestId('player').hover();
  await page.getByTestId('btn-play').click();
}

/** Bytes of a small but true PDF, padded to `bytes`. */
export function pdf(bytes: number): Buffer {
  const body = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F1 24 Tf 40 100 Td (My plan) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
`;
  const end = 'trailer<</Root 1 0 R>>\n%%EOF\n';
  const padding = Math.max(0, bytes - body.length - end.length - 2);
  return Buffer.from(`${body}%${'x'.repeat(padding)}\n${end}`, 'latin1');
}

/** Titles of the small academy's lessons, as people read them. */
export const titles = { l1: 'Welcome to your course', l2: 'Price with a margin' } as const;
