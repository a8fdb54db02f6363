import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SettingsFile } from './settings.ts';

const window = { x: 1, y: 2, width: 1000, height: 700, maximized: false };

describe('SettingsFile', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'growth-settings-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('starts empty, in a folder that does not exist yet too', () => {
    const deeper = path.join(folder, 'not/yet');
    expect(new SettingsFile(deeper).current).toEqual({});
    new SettingsFile(deeper).save({ server_url: 'https://learn.example' });
    expect(new SettingsFile(deeper).current).toEqual({ server_url: 'https://learn.example' });
  });

  test('a change keeps the rest, at once and after a restart', () => {
    const settings = new SettingsFile(folder);
    settings.save({ server_url: 'https://learn.example' });
    settings.save({ window });
    const both = { server_url: 'https://learn.example', window };
    expect(settings.current).toEqual(both);
    expect(new SettingsFile(folder).current).toEqual(both);
    expect(readdirSync(folder), 'no half-written file stays').toEqual(['settings.json']);
  });

  test.each([
    ['half a file', '{"server_url":"https://le'],
    ['another kind of file', 'null'],
    ['a server that is no web address', '{"server_url":"file:///etc"}'],
    ['a server that runs a script', '{"server_url":"javascript:alert(1)"}'],
    ['a window without a size', '{"window":{"x":1,"y":1}}'],
  ])('%s counts as none', (_name, text) => {
    writeFileSync(path.join(folder, 'settings.json'), text);
    expect(new SettingsFile(folder).current).toEqual({});
  });
});
