import { expect } from '@playwright/test';
import type { Page } from 'playwright';

/**
 * Where the focus is and whether a person can see it: `lost` on nothing at all, `place` on a region that was given the focus
 * by the page (a new screen, a dialog), else the control's test id, or what is wrong with its mark.
 */
export function focusNow(
  page: Page,
): Promise<{ at: 'lost' | 'place' | 'control'; testId: string | null; isMarked: boolean; html: string }> {
  return page.evaluate(() => {
    const active = document.activeElement;
    if (!(active instanceof HTMLElement) || active === document.body)
      return { at: 'lost' as const, testId: null, isMarked: false, html: '' };
    const testId = active.closest('[data-testid]')?.getAttribute('data-testid') ?? null;
    const html = active.outerHTML.slice(0, 160);
    const { left, top, right, bottom } = active.getBoundingClientRect();
    const isOnScreen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    if (active.tabIndex < 0) return { at: 'place' as const, testId, isMarked: isOnScreen, html };
    // The mark is the control's own outline, or that of what frames it (the timeline's invisible slider, a search box).
    const frames = [active, active.parentElement, active.parentElement?.parentElement];
    const isMarked = frames.some((element) => {
      if (!element || element === document.body) return false;
      const { outlineStyle, outlineWidth, opacity } = getComputedStyle(element);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && opacity !== '0';
    });
    return { at: 'control' as const, testId, isMarked: isMarked && isOnScreen, html };
  });
}

/** The focus is somewhere, on the screen, and can be seen. */
export async function expectFocus(page: Page, after: string): Promise<void> {
  await expect
    .poll(() => focusNow(page), { message: `focus after ${after}` })
    .toMatchObject({ at: expect.not.stringMatching('lost'), isMarked: true });
}

/** Presses Tab until a control with this test id has the focus; the focus is seen on every stop on the way. */
export async function tabTo(
  page: Page,
  testId: string,
  { key = 'Tab', within = 60 }: { key?: 'Tab' | 'Shift+Tab'; within?: number } = {},
): Promise<void> {
  const way: string[] = [];
  for (let step = 0; step < within; step++) {
    await page.keyboard.press(key);
    const focus = await focusNow(page);
    if (focus.at === 'control') expect(focus.isMarked, `the focus can be seen on ${focus.html}`).toBe(true);
    if (focus.testId === testId) return;
    way.push(focus.testId ?? focus.html);
  }
  throw new Error(`${testId} cannot be reached by ${key}; the way was: ${way.join(' → ')}`);
}

/** Presses a key and expects that the focus stays where it can be seen. */
export async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await expectFocus(page, key);
}
