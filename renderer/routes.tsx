import { Bell, ClipboardCheck, FileCheck, House, RefreshCw, SquarePlay, UserRound } from 'lucide-react';
import type { Role } from '#contract/roles.ts';
import type { AppParts } from './app/app.tsx';
import type { ScreenRoute } from './app/screen-route.ts';
import { useWorkCount } from './features/assignments/index.ts';
import { FirstSync } from './features/first-sync/index.ts';
import { useWaitingCount } from './features/mentor/index.ts';
import { BellPanel } from './features/notifications/index.ts';
import { readLink, SignIn } from './features/sign-in/index.ts';

const everyone: readonly Role[] = ['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'];

/**
 * The map of screens: path, who may open it, where it stands in the sidebar, its code. Sidebar, command palette and role
 * guard read this table; a screen that does not work yet is not in it.
 */
export const screens: readonly ScreenRoute[] = [
  {
    id: 'home',
    path: '/home',
    roles: ['student'],
    icon: House,
    nav: { group: 'learn', order: 0 },
    load: () => import('./features/home/screens/home-screen.tsx'),
  },
  {
    id: 'lessons',
    path: '/learn',
    params: '/:courseId?',
    roles: ['student'],
    icon: SquarePlay,
    nav: { group: 'learn', order: 1 },
    load: () => import('./features/lessons/screens/lessons-screen.tsx'),
  },
  {
    id: 'lesson',
    path: '/lesson',
    params: '/:id',
    roles: ['student'],
    icon: SquarePlay,
    load: () => import('./features/lessons/screens/lesson-screen.tsx'),
  },
  {
    id: 'assignments',
    path: '/assignments',
    roles: ['student'],
    icon: FileCheck,
    nav: { group: 'learn', order: 2, useCount: useWorkCount },
    load: () => import('./features/assignments/screens/assignments-screen.tsx'),
  },
  {
    id: 'assignment',
    path: '/assignments',
    params: '/:id',
    roles: ['student'],
    icon: FileCheck,
    load: () => import('./features/assignments/screens/assignment-screen.tsx'),
  },
  {
    id: 'mentorHome',
    path: '/mentor',
    roles: ['mentor'],
    icon: House,
    nav: { group: 'today', order: 0 },
    load: () => import('./features/mentor/screens/mentor-home-screen.tsx'),
  },
  {
    id: 'reviews',
    path: '/mentor/reviews',
    params: '/:id?',
    roles: ['mentor'],
    icon: ClipboardCheck,
    nav: { group: 'today', order: 1, useCount: useWaitingCount },
    load: () => import('./features/mentor/screens/review-queue-screen.tsx'),
  },
  {
    id: 'staffHome',
    path: '/enroll',
    roles: ['enrollment_manager'],
    icon: House,
    nav: { group: 'overview', order: 0 },
    load: () => import('./features/home/screens/staff-home-screen.tsx'),
  },
  {
    id: 'staffHome',
    path: '/admin',
    roles: ['admin'],
    icon: House,
    nav: { group: 'overview', order: 0 },
    load: () => import('./features/home/screens/staff-home-screen.tsx'),
  },
  {
    id: 'staffHome',
    path: '/system',
    roles: ['superadmin'],
    icon: House,
    nav: { group: 'overview', order: 0 },
    load: () => import('./features/home/screens/staff-home-screen.tsx'),
  },
  {
    id: 'notifications',
    path: '/notifications',
    roles: everyone,
    icon: Bell,
    nav: { group: 'account', order: 1 },
    load: () => import('./features/notifications/screens/notifications-screen.tsx'),
  },
  {
    id: 'profile',
    path: '/profile',
    roles: everyone,
    icon: UserRound,
    nav: { group: 'account', order: 2 },
    load: () => import('./features/profile/screens/profile-screen.tsx'),
  },
  {
    id: 'sync',
    path: '/sync',
    roles: everyone,
    icon: RefreshCw,
    nav: { group: 'account', order: 3 },
    load: () => import('./features/sync-details/screens/sync-details-screen.tsx'),
  },
];

/** What the shell needs of the features. */
export const parts: AppParts = {
  screens,
  BellPanel,
  SignIn,
  FirstSync,
  isLink: (hash) => readLink(hash) !== null,
};
