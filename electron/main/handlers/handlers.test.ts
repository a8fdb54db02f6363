import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import type { KeepMedia } from '#desktop/index.ts';
import { handlers, type HandlerParts } from './index.ts';

const lesson = '019aa0c4-1111-7abc-8def-0123456789ab';
const manifest: KeepMedia = {
  lesson_id: lesson,
  url: 'https://learn.example/media/1',
  bytes: 1,
  chunk_sha256: ['a'.repeat(64)],
  content_key: '',
  iv: '',
  mime: 'video/webm',
  valid_until: '2026-12-01T00:00:00Z',
  captions: [{ language: 'en', label: 'English', vtt: 'WEBVTT' }],
};

let done: string[];
let playable: KeepMedia | null;

class Notice extends EventEmitter {
  static isSupported = (): boolean => supported;
  show(): void {
    done.push('notice shown');
    notices.push(this);
  }
}
let supported: boolean;
let notices: Notice[];

const parts = {
  app: { getVersion: () => '1.2.3', relaunch: () => done.push('relaunch'), quit: () => done.push('quit') },
  shell: {
    openExternal: (url: string) => {
      done.push(`opened ${url}`);
      return Promise.resolve();
    },
  },
  Notification: Notice,
  media: {
    keep: ({ url }: KeepMedia) => {
      done.push(`kept ${url}`);
      return true;
    },
    playable: () => playable,
  },
  settings: { save: (change: object) => done.push(JSON.stringify(change)) },
  serverUrl: () => 'https://learn.example/base',
  openLink: (link: string) => done.push(`went to ${link}`),
};
const answers = handlers(parts as unknown as HandlerParts);

beforeEach(() => {
  [done, notices, supported, playable] = [[], [], true, manifest];
});

describe('media.keep', () => {
  test('takes media of our server', async () => {
    expect(await answers['media.keep'](manifest)).toEqual({ ok: true });
    expect(done).toEqual(['kept https://learn.example/media/1']);
  });
  test.each([
    'https://evil.example/media/1',
    'http://learn.example/media/1',
    'https://learn.example:444/x',
    'https://learn.example@evil.example/',
    'file:///etc/passwd',
  ])('fetches nothing from %s', async (url) => {
    expect(await answers['media.keep']({ ...manifest, url })).toEqual({ ok: false });
    expect(done).toEqual([]);
  });
});

describe('media.url', () => {
  test('is a place in the app, never a file', async () => {
    expect(await answers['media.url']({ lesson_id: lesson })).toEqual({
      url: `/media/${lesson}`,
      captions: [{ language: 'en', label: 'English', url: `/media/${lesson}/captions/en` }],
    });
  });
  test('is nothing where the lesson may not play', async () => {
    playable = null;
    expect(await answers['media.url']({ lesson_id: lesson })).toEqual({ url: null, captions: [] });
  });
});

describe('shell.open', () => {
  test('opens a web page outside', async () => {
    expect(await answers['shell.open']({ url: 'https://example.org/a' })).toEqual({ ok: true });
    expect(done).toEqual(['opened https://example.org/a']);
  });
  test.each(['file:///etc/passwd', 'javascript:alert(1)', 'smb://host/share', 'growthos://lesson/1', 'nothing'])(
    'leaves %s alone',
    async (url) => {
      expect(await answers['shell.open']({ url })).toEqual({ ok: false });
      expect(done).toEqual([]);
    },
  );
});

describe('app.setServer', () => {
  test('remembers the origin alone and starts anew', async () => {
    expect(await answers['app.setServer']({ url: 'https://other.example:8443/path?x=1' })).toEqual({ ok: true });
    expect(done).toEqual(['{"server_url":"https://other.example:8443"}', 'relaunch', 'quit']);
  });
  test.each(['javascript:alert(1)', 'file:///etc', 'ftp://other.example'])('%s is no server', async (url) => {
    expect(await answers['app.setServer']({ url })).toEqual({ ok: false });
    expect(done).toEqual([]);
  });
});

describe('notice.show', () => {
  test('a click on the notice leads to its place', async () => {
    expect(await answers['notice.show']({ title: 'Lesson open', body: '', link: `lesson/${lesson}` })).toEqual({
      ok: true,
    });
    notices[0]?.emit('click');
    expect(done).toEqual(['notice shown', `went to lesson/${lesson}`]);
  });
  test('where the system has none it says so', async () => {
    supported = false;
    expect(await answers['notice.show']({ title: 'Lesson open', body: '', link: 'x' })).toEqual({ ok: false });
    expect(done).toEqual([]);
  });
});

test('app.info tells version, platform and server', async () => {
  expect(await answers['app.info'](undefined)).toMatchObject({
    version: '1.2.3',
    platform: process.platform,
    server_url: 'https://learn.example/base',
  });
});
