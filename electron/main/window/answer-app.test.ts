import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MediaStore } from '../services/media-store.ts';
import { answerApp } from './app-protocol.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'growth-scheme-'));
const root = path.join(folder, 'renderer');
mkdirSync(path.join(root, 'assets'), { recursive: true });
mkdirSync(path.join(folder, 'renderer-evil'));
writeFileSync(path.join(root, 'index.html'), '<!doctype html>');
writeFileSync(path.join(root, 'assets/worker.js'), '0123456789');
writeFileSync(path.join(folder, 'accounts.json'), 'secret');
writeFileSync(path.join(folder, 'renderer-evil/x.js'), 'secret');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const media = { serve: (place: string) => new Response(`media ${place}`) } as unknown as MediaStore;
const answer = answerApp({ root, media, serverUrl: () => 'https://learn.example' });
const ask = (place: string, init: RequestInit = {}): Promise<Response> =>
  answer(new Request(`app://growthos${place}`, init));

describe('answerApp', () => {
  test.each(['/', '/index.html', '/assets/worker.js'])('%s comes with its policy and its own type', async (place) => {
    const response = await ask(place);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' https://learn.example");
    expect(policy).toContain("object-src 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).toMatch(place.endsWith('.js') ? /^text\/javascript/ : /^text\/html/);
    await response.arrayBuffer();
  });

  test.each([
    '/../accounts.json',
    '/..%2faccounts.json',
    '/%2e%2e/accounts.json',
    '/..%5caccounts.json',
    '/../renderer-evil/x.js',
    '/..%2frenderer-evil/x.js',
    '/assets',
    '/missing.js',
    '/%zz',
  ])('%s is not found', async (place) => {
    const response = await ask(place);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  test('another host of the scheme has nothing', async () => {
    expect((await answer(new Request('app://growthos.evil/index.html'))).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not allowed', async (method) => {
    expect((await ask('/index.html', { method })).status).toBe(405);
  });

  test('a part is answered as a part', async () => {
    const response = await ask('/assets/worker.js', { headers: { range: 'bytes=2-4' } });
    expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    expect((await ask('/assets/worker.js', { headers: { range: 'bytes=10-' } })).status).toBe(416);
  });

  test('HEAD says how long it is and sends nothing', async () => {
    const response = await ask('/assets/worker.js', { method: 'HEAD' });
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['10', '']);
  });

  test('kept media is asked of its store, by its place alone', async () => {
    expect(await (await ask('/media/some-lesson/captions/en')).text()).toBe('media some-lesson/captions/en');
  });
});
