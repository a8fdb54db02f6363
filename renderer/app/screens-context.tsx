import { createContext, useContext, type ComponentType } from 'react';
import type { ScreenRoute } from './screen-route.ts';

/** What the shell shows but features make; handed down from `main.tsx`, so that the shell knows no feature. */
export type ShellParts = {
  screens: readonly ScreenRoute[];
  BellPanel: ComponentType<{ close: () => void }>;
};

export const ShellPartsContext = createContext<ShellParts>({ screens: [], BellPanel: () => null });
export const useShellParts = (): ShellParts => useContext(ShellPartsContext);
export const useScreens = (): readonly ScreenRoute[] => useShellParts().screens;
