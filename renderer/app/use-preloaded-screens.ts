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
    const preload = (): void => {
      for (const screen of screens) {
        // A failure here is no failure yet: opening the screen tries again and tells.
        if (screen.roles.includes(role)) screen.load().catch(() => undefined);
      }
    };
    const timer = setTimeout(preload, 1500);
    return () => clearTimeout(timer);
  }, [screens, role]);
};
