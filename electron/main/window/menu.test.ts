import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ Menu: { buildFromTemplate: (template: MenuItemConstructorOptions[]) => template } }));
const { applicationMenu } = await import('./menu.ts');

const opened: string[] = [];
const menu = applicationMenu('Growth OS', (link) => opened.push(link)) as unknown as MenuItemConstructorOptions[];
const items = menu.flatMap(({ submenu }) => submenu as MenuItemConstructorOptions[]);

test('every entry does something: a role of the system, or a way to a place', () => {
  for (const { type, role, click, label } of items)
    expect(type === 'separator' || Boolean(role) || Boolean(click), label).toBe(true);
});

test('the places are those the page knows by these names', () => {
  opened.length = 0;
  for (const { click } of items) (click as (() => void) | undefined)?.();
  expect(opened).toEqual(['profile', 'sync']);
});

test('editing, zoom and quitting work by the system’s own keys', () => {
  const roles = items.map(({ role }) => role);
  for (const role of [
    'undo',
    'redo',
    'cut',
    'copy',
    'paste',
    'selectAll',
    'resetZoom',
    'zoomIn',
    'zoomOut',
    'togglefullscreen',
    'quit',
    'close',
  ])
    expect(roles).toContain(role);
});

test('the developer tools are not offered to students', () =>
  expect(items.map(({ role }) => role)).not.toContain('toggleDevTools'));
