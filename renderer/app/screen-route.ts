import type { ComponentType } from 'react';
import { matchPath } from 'react-router';
import type { Role } from '#contract/roles.ts';
import type { english } from '../locales/resources.ts';
import type { LucideIcon } from '../ui/index.ts';

export type ScreenId = keyof (typeof english)['shell']['screens'];
export type NavGroup = keyof (typeof english)['shell']['groups'];

/** One screen of the product. Sidebar, command palette, breadcrumb and role guard read this and nothing else. */
export type ScreenRoute = {
  id: ScreenId;
  path: string;
  /** What may follow the path, as the router takes it: `/:id?`. */
  params?: string;
  roles: readonly Role[];
  icon: LucideIcon;
  /** Where it stands in the sidebar; without it the screen is reached from others. */
  nav?: { group: NavGroup; order: number; useCount?: () => number };
  /** The screen's code, fetched when it is first opened. */
  load: () => Promise<{ default: ComponentType } | { Component: ComponentType }>;
};

/** Where each role lands. */
export const landing: Record<Role, string> = {
  student: '/home',
  mentor: '/mentor',
  enrollment_manager: '/enroll',
  admin: '/admin',
  superadmin: '/system',
};

/** Places that only lead on to the first screen. */
export const ways: ReadonlySet<string> = new Set(['/', '/sign-in', '/preparing']);

/** The screen of a role that an address opens at a start; none where it leads nowhere, or to a screen of another role. */
export function firstScreen(screens: readonly ScreenRoute[], role: Role, hash: string): ScreenRoute | undefined {
  const asked = hash.replace(/^#/, '').replace(/\?.*$/, '') || '/';
  const at = ways.has(asked) ? landing[role] : asked;
  return screens.find((screen) => screen.roles.includes(role) && matchPath(screen.path + (screen.params ?? ''), at));
}

/** The screens of a role that stand in the sidebar, group by group in the order of the table. */
export const navOf = (screens: readonly ScreenRoute[], role: Role): { group: NavGroup; screens: ScreenRoute[] }[] => {
  const groups = new Map<NavGroup, ScreenRoute[]>();
  for (const screen of screens) {
    if (!screen.nav || !screen.roles.includes(role)) continue;
    groups.set(screen.nav.group, [...(groups.get(screen.nav.group) ?? []), screen]);
  }
  return [...groups].map(([group, list]) => ({
    group,
    screens: list.toSorted((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0)),
  }));
};

/** `data-testid` of a screen's entry in the sidebar: `nav-mentor-reviews`. */
export const navTestId = (screen: ScreenRoute): string => `nav-${screen.path.slice(1).replaceAll('/', '-')}`;
