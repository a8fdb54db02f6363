import '../../testing/patience.ts';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { session, type Connection } from '../../platform/index.ts';
import { ConnectionContext } from '../../ui/index.ts';
import { EmailCard } from './components/email-card.tsx';
import { SecondStepCard } from './components/second-step-card.tsx';
import { SessionList } from './components/session-list.tsx';

beforeAll(startWords);
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const id = '0192f000-0000-7000-8000-000000000001';
const at = '2026-11-22T10:00:00.000Z';
const account = {
  id,
  aud: 'authenticated',
  role: 'authenticated',
  email: 'ayesha@falcon.example',
  email_confirmed_at: at,
  confirmed_at: at,
  phone: '',
  app_metadata: {},
  user_metadata: {},
  identities: [],
  is_anonymous: false,
  created_at: at,
  updated_at: at,
};
const app = { id, factor_type: 'totp', status: 'verified', created_at: at, updated_at: at };
const tokens = {
  access_token: 'new',
  token_type: 'bearer',
  expires_in: 900,
  expires_at: 1,
  refresh_token: 'new',
  user: account,
};
const codes = Array.from({ length: 10 }, (_, n) => `aaaa-bbbb-cccc-ddd${n}`);
const session1 = {
  id,
  is_current: true,
  created_at: at,
  refreshed_at: at,
  aal: 'aal1',
  device_id: null,
  label: 'This laptop',
  platform: 'linux',
  last_sync_at: null,
};
const refused = (code: string, status: number) => Response.json({ error_code: code, code }, { status });

/** A server of one account; it takes the code 123456. */
let factors: object[];
let asked: string[];
const takeTokens = vi.fn(async () => undefined);
const answer = (path: string, body: Record<string, unknown>): Response => {
  switch (path) {
    case 'GET /auth/v1/user':
      return Response.json({ ...account, ...(factors.length > 0 ? { factors } : {}) });
    case 'PUT /auth/v1/user':
      return Response.json({ ...account, new_email: body['email'], email_change_sent_at: at });
    case 'POST /auth/v1/factors':
      return Response.json({ id, type: 'totp', totp: { qr_code: '<svg/>', secret: 'ABCDEFGH', uri: 'otpauth://x' } });
    case `POST /auth/v1/factors/${id}/challenge`:
      return Response.json({ id, type: 'totp', expires_at: 1 });
    case `POST /auth/v1/factors/${id}/verify`:
      if (body['code'] !== '123456') return refused('mfa_verification_failed', 422);
      factors = [app];
      return Response.json(tokens);
    case 'POST /auth/v1/factors/recovery-codes':
      return Response.json({ id, type: 'recovery_code', friendly_name: 'Recovery codes', total: 10, codes });
    case `DELETE /auth/v1/factors/${id}`:
      factors = [];
      return Response.json({ id });
    case 'POST /functions/v1/list-sessions': {
      const sessions = [session1, { ...session1, id: id.replace(/1$/, '2'), is_current: false, label: 'Old phone' }];
      return Response.json({ success: true, data: { sessions: asked.includes('revoked') ? [session1] : sessions } });
    }
    case 'POST /functions/v1/revoke-session':
      asked.push('revoked');
      return Response.json({ success: true, data: { session_id: body['session_id'], revoked_at: at } });
    default:
      return new Response('nothing here', { status: 404 });
  }
};

beforeEach(() => {
  factors = [];
  asked = [];
  const line = {
    serverUrl: 'http://server.test',
    deviceId: id,
    accessToken: async () => 'token',
    takeTokens,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const path = `${init?.method} ${new URL(String(input)).pathname}`;
      asked.push(path);
      return answer(path, JSON.parse(String(init?.body ?? '{}')) as Record<string, unknown>);
    },
  };
  vi.spyOn(session, 'connection').mockResolvedValue(line as unknown as Connection);
});
const show = (card: React.ReactNode) => render(<ConnectionContext value>{card}</ConnectionContext>);

test('an app is set up with its first code, and its recovery codes are shown once', async () => {
  show(<SecondStepCard />);
  fireEvent.click(await screen.findByTestId('btn-set-up-app'));
  expect((await screen.findByTestId('app-secret')).textContent).toBe('ABCD EFGH');
  expect(screen.getByAltText('QR code for your authenticator app').getAttribute('src')).toContain('data:image/svg');
  const give = (code: string) => {
    fireEvent.change(screen.getByTestId('field-code'), { target: { value: code } });
    fireEvent.click(screen.getByTestId('btn-confirm-app'));
  };
  give('000000');
  expect((await screen.findByRole('alert')).textContent).toContain('not right, or was used already');
  give('123 456');
  expect((await screen.findByTestId('recovery-codes')).textContent).toBe(codes.join(''));
  expect(takeTokens).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ access_token: 'new' }));
  fireEvent.click(screen.getByTestId('btn-codes-kept'));
  expect((await screen.findByTestId('second-step-state')).dataset['on']).toBe('true');
});

test('the second step is removed after a question', async () => {
  factors = [app];
  show(<SecondStepCard />);
  fireEvent.click(await screen.findByTestId('btn-remove-app'));
  expect(asked).not.toContain(`DELETE /auth/v1/factors/${id}`);
  fireEvent.click(await screen.findByTestId('btn-confirm'));
  expect(await screen.findByTestId('btn-set-up-app')).toBeDefined();
});

test('another address waits for both mailboxes', async () => {
  show(<EmailCard />);
  fireEvent.change(await screen.findByTestId('field-new_email'), { target: { value: 'nothing' } });
  fireEvent.click(screen.getByTestId('btn-change-email'));
  expect((await screen.findByRole('alert')).textContent).toContain('not a complete e-mail address');
  expect(asked).not.toContain('PUT /auth/v1/user');
  fireEvent.change(screen.getByTestId('field-new_email'), { target: { value: 'new@falcon.example' } });
  fireEvent.click(screen.getByTestId('btn-change-email'));
  expect(await screen.findByTestId('email-waiting')).toBeDefined();
});

test('a session somewhere else is ended after a question; the one here is marked', async () => {
  show(<SessionList />);
  expect(await screen.findByText('Old phone')).toBeDefined();
  expect(screen.getByText('Here')).toBeDefined();
  fireEvent.click(screen.getByTestId('btn-end-session'));
  expect((await screen.findByTestId('dialog-end-session')).textContent).toContain('Old phone has to sign in again');
  fireEvent.click(screen.getByTestId('btn-confirm'));
  await vi.waitFor(() => expect(screen.queryByText('Old phone')).toBeNull());
});
