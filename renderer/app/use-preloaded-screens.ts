import { useEffect } from 'react';
import type { Role } from '#contract/roles.ts';
import { useScreens } from './screens-context.tsx';

/**
 * Fetches the code of this role's screens once the first one stands, so that a web edition that loses its connection can
 * still open them. On the desktop the code lies on the disk and this only warms it up.
 */
export const usePreloadedScreens = (role: Role): void => {
  const screens = useScreens();
  useEffect(() => {
    const preload = async (): Promise<void> => {
      // One after the other: the code of all of them at once would block the page. A failure here is no failure yet:
      // opening the screen tries again and tells.
      for (const screen of screens) if (screen.roles.includes(role)) await screen.load().catch(() => undefined);
    };
    const timer = setTimeout(() => void preload(), 1500);
    return () => clearTimeout(timer);
  }, [screens, role]);
};
