import type { DesktopBridge } from '#desktop/index.ts';

declare global {
  interface Window {
    /** Set by the preload in the desktop app; absent in the web edition. */
    desktop?: DesktopBridge;
  }
}

/** The desktop app around this page, null in the web edition. */
export const desktop: DesktopBridge | null = (typeof window === 'undefined' ? null : window.desktop) ?? null;
