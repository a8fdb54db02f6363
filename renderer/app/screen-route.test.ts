import { expect, test } from 'vitest';
import { firstScreen, type ScreenRoute } from './screen-route.ts';

const screen = (path: string, roles: ScreenRoute['roles'], params = ''): ScreenRoute =>
  ({ id: 'home', path, params, roles }) as ScreenRoute;
const screens = [
  screen('/home', ['student']),
  screen('/lesson', ['student'], '/:id'),
  screen('/mentor', ['mentor']),
  screen('/mentor/reviews', ['mentor'], '/:id?'),
];

test.each([
  ['', 'student', '/home'],
  ['#/', 'mentor', '/mentor'],
  ['#/sign-in', 'student', '/home'],
  ['#/lesson/one?t=90', 'student', '/lesson'],
  ['#/mentor/reviews', 'mentor', '/mentor/reviews'],
  ['#/mentor/reviews', 'student', undefined],
  ['#/nowhere', 'student', undefined],
] as const)('at %s a %s starts with %s', (hash, role, path) => {
  expect(firstScreen(screens, role, hash)?.path).toBe(path);
});
