import path from 'node:path';
import { runnerImport } from 'vite';
import react from '@vitejs/plugin-react';
import type { Role } from '#contract/roles.ts';

export type ScreenFacts = { id: string; path: string; roles: readonly Role[] };

/** The product's own table of screens (`renderer/routes.tsx`), so that no list of routes is kept by hand. */
export async function readScreens(): Promise<ScreenFacts[]> {
  const { module } = await runnerImport<{ screens: (ScreenFacts & { params?: string })[] }>(
    path.resolve(import.meta.dirname, '../renderer/routes.tsx'),
    {
      configFile: false,
      plugins: [react()],
      logLevel: 'error',
    },
  );
  return module.screens.flatMap(({ id, path: place, params = '', roles }) => {
    const whole = { id, path: place + params.replace('?', ''), roles };
    // A parameter that may be left out is a screen with it and one without.
    return params.endsWith('?') ? [{ id, path: place, roles }, whole] : [whole];
  });
}
