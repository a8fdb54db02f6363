import '../../testing/patience.ts';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { session, type SignInAnswer } from '../../platform/index.ts';
import { SignIn } from './index.ts';

beforeAll(startWords);
const signIn = vi.fn<(email: string, password: string) => Promise<SignInAnswer>>();
beforeEach(() => {
  signIn.mockReset();
  session.setState({ state: 'none', user: null, step: null, signIn });
});
afterEach(cleanup);

const fill = (email: string, password: string): void => {
  fireEvent.change(screen.getByTestId('field-email'), { target: { value: email } });
  fireEvent.change(screen.getByTestId('field-password'), { target: { value: password } });
  fireEvent.click(screen.getByTestId('btn-sign-in'));
};

test('empty fields are named beside them, the first gets the focus, and nothing is asked', async () => {
  render(<SignIn />);
  fill('', '');
  expect(await screen.findByText('Enter your e-mail address.')).toBeDefined();
  expect(screen.getByText('Enter your password.')).toBeDefined();
  expect(document.activeElement).toBe(screen.getByTestId('field-email'));
  expect(screen.getByTestId('field-email').getAttribute('aria-invalid')).toBe('true');
  expect(signIn).not.toHaveBeenCalled();
});

test('a refusal never says which of the two was wrong', async () => {
  signIn.mockResolvedValue({ ok: false, code: 'invalid_credentials', retryAfter: null });
  render(<SignIn />);
  fill('ayesha@falcon.example', 'not it');
  expect((await screen.findByTestId('sign-in-message')).textContent).toBe('E-mail or password is not right.');
});

test.each([
  ['network', 'network', 'cannot be reached'],
  ['user_banned', 'blocked', 'blocked'],
  ['other_person', 'otherPerson', 'unsent changes'],
  ['unexpected_failure', 'failed', 'did not work'],
] as const)('%s is told in its own words', async (code, kind, words) => {
  signIn.mockResolvedValue({ ok: false, code, retryAfter: null });
  render(<SignIn />);
  fill('ayesha@falcon.example', 'secret enough');
  const message = await screen.findByTestId('sign-in-message');
  expect(message.dataset['kind']).toBe(kind);
  expect(message.textContent).toContain(words);
});

test('the password can be shown and hidden again', () => {
  render(<SignIn />);
  const field = screen.getByTestId('field-password');
  expect(field.getAttribute('type')).toBe('password');
  fireEvent.click(screen.getByTestId('btn-reveal'));
  expect(field.getAttribute('type')).toBe('text');
});

test('who was here before may go on offline while the lease lasts, and is told when it is over', async () => {
  const continueOffline = vi.fn(() => false);
  const user = { id: 'x', email: 'ayesha@falcon.example', full_name: 'Ayesha Khan' };
  session.setState({ state: 'expired', user, continueOffline });
  render(<SignIn />);
  expect((screen.getByTestId('field-email') as HTMLInputElement).value).toBe(user.email);
  fireEvent.click(screen.getByText('Continue offline as Ayesha Khan'));
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('offline for too long'));
  expect(continueOffline).toHaveBeenCalledOnce();
});

test('after the password a code is asked for; a wrong one is told, and one can go back', async () => {
  const giveCode = vi.fn<(code: string) => Promise<SignInAnswer>>();
  const leaveSteps = vi.fn(() => session.setState({ step: null }));
  session.setState({ step: { kind: 'code' }, giveCode, leaveSteps });
  render(<SignIn />);
  const field = screen.getByTestId('field-code');
  expect(document.activeElement).toBe(field);
  fireEvent.click(screen.getByTestId('btn-step'));
  expect(await screen.findByText('Enter the code.')).toBeDefined();
  expect(giveCode).not.toHaveBeenCalled();
  giveCode.mockResolvedValue({ ok: false, code: 'mfa_verification_failed', retryAfter: null });
  fireEvent.change(field, { target: { value: '123 456' } });
  fireEvent.click(screen.getByTestId('btn-step'));
  expect((await screen.findByTestId('sign-in-message')).textContent).toContain('not right, or was used already');
  fireEvent.click(screen.getByTestId('btn-leave-step'));
  expect(await screen.findByTestId('field-email')).toBeDefined();
});

test('an app that has to be set up shows its picture and its key', () => {
  session.setState({ step: { kind: 'enrol', picture: 'data:image/svg+xml;utf-8,<svg/>', secret: 'ABCDEFGH' } });
  render(<SignIn />);
  expect(screen.getByAltText('QR code for your authenticator app')).toBeDefined();
  expect(screen.getByTestId('app-secret').textContent).toBe('ABCD EFGH');
  session.setState({ step: null });
});

test('a set-password link is used by a press of a button, never by opening it', async () => {
  const signInBy = vi.fn<(proof: unknown) => Promise<SignInAnswer>>();
  signInBy.mockResolvedValue({ ok: false, code: 'otp_expired', retryAfter: null });
  session.setState({ signInBy });
  const token = 'J9wB6R4nlQA9RPnnE6zzFLX8l_F9uRYvUBReWhvAIBQ';
  window.location.hash = `#/link/recovery/${token}`;
  render(<SignIn />);
  expect(screen.getByRole('heading', { name: 'Set a new password' })).toBeDefined();
  expect(signInBy).not.toHaveBeenCalled();
  fireEvent.click(screen.getByTestId('btn-follow-link'));
  expect((await screen.findByTestId('sign-in-message')).textContent).toContain('used already or is too old');
  expect(signInBy).toHaveBeenCalledExactlyOnceWith({ by: 'link', type: 'recovery', token });
  fireEvent.click(screen.getByTestId('btn-leave-link'));
  expect(await screen.findByTestId('field-email')).toBeDefined();
  expect(window.location.hash).toBe('#/');
});

test('the first half of a change of address says what comes next', async () => {
  const signInBy = vi.fn<(proof: unknown) => Promise<SignInAnswer>>();
  signInBy.mockResolvedValue({ ok: false, code: 'half_confirmed', retryAfter: null });
  session.setState({ signInBy });
  window.location.hash = '#/link/email_change/J9wB6R4nlQA9RPnnE6zzFLX8l_F9uRYvUBReWhvAIBQ';
  render(<SignIn />);
  fireEvent.click(screen.getByTestId('btn-follow-link'));
  expect((await screen.findByRole('status')).textContent).toContain('the mail to the other address');
  window.location.hash = '';
});
