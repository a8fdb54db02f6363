import { createHashRouter, Navigate } from 'react-router';
import type { Role } from '#contract/roles.ts';
import { loadScreen } from './late-screen.tsx';
import { NotFound, RouteError } from './route-error.tsx';
import { landing, ways, type ScreenRoute } from './screen-route.ts';
import { Shell } from './shell.tsx';

/** Routes out of the table of screens; the fragment carries them, so that they work from a file scheme too. */
export const makeRouter = (screens: readonly ScreenRoute[], role: Role) => {
  const home = <Navigate to={landing[role]} replace />;
  const table = screens.map((screen) => ({
    path: screen.path + (screen.params ?? ''),
    handle: { screen },
    // A screen of another role is not even fetched: the shell shows that there is no access.
    ...(screen.roles.includes(role)
      ? { lazy: async () => ({ Component: await loadScreen(screen) }) }
      : { element: null }),
    errorElement: <RouteError />,
  }));
  return createHashRouter([
    {
      path: '/',
      Component: Shell,
      HydrateFallback: () => null,
      errorElement: <RouteError />,
      children: [...[...ways].map((path) => ({ path, element: home })), ...table, { path: '*', Component: NotFound }],
    },
  ]);
};
