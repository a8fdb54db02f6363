import { create } from 'zustand';

export type Theme = 'system' | 'light' | 'dark';

const themeName = 'growthos.theme';
const railName = 'growthos.sidebar';

const read = (name: string): string | null => {
  try {
    return localStorage.getItem(name);
  } catch {
    // Storage may be switched off in a browser; then the choice lasts as long as the page.
    return null;
  }
};
const write = (name: string, value: string): void => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above: nothing is lost but the memory of it.
  }
};

const isTheme = (value: string | null): value is Theme => value === 'light' || value === 'dark' || value === 'system';

const paint = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

const stored = read(themeName);

/** How the app looks on this device: theme and sidebar. */
export const useAppearance = create<{
  theme: Theme;
  collapsed: boolean;
  setTheme: (theme: Theme) => void;
  toggleSidebar: () => void;
}>((set, get) => ({
  theme: isTheme(stored) ? stored : 'system',
  collapsed: read(railName) === 'rail',
  setTheme: (theme) => {
    write(themeName, theme);
    paint(theme);
    set({ theme });
  },
  toggleSidebar: () => {
    const collapsed = !get().collapsed;
    write(railName, collapsed ? 'rail' : 'full');
    set({ collapsed });
  },
}));

/** Called before the first render, so that the right theme is there with the first paint. */
export const startAppearance = (): void => paint(useAppearance.getState().theme);
