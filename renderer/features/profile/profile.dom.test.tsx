import '../../testing/patience.ts';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { closeReplicas, renderWithData } from '../../testing/render-with-data.tsx';
import { testUserId } from '../../testing/test-device.ts';
import { ConnectionContext } from '../../ui/index.ts';
import { passwordAnswer, passwordSchema } from './password-schema.ts';
import ProfileScreen from './screens/profile-screen.tsx';

beforeAll(startWords);
afterEach(async () => {
  cleanup();
  await closeReplicas();
});

const me = {
  type: 'users',
  id: testUserId,
  email: 'ayesha@falcon.example',
  full_name: 'Ayesha Khan',
  role: 'student',
  phone: '+923001234567',
  status: 'active',
  lms_status: 'active',
  lms_status_reason: null,
  avatar_file_id: null,
};

test('name and phone are saved on the device without a connection', async () => {
  const { server, replica } = await renderWithData(<ProfileScreen />, { rows: [me] });
  server.online = false;
  fireEvent.change(await screen.findByTestId('field-full_name'), { target: { value: 'Ayesha K. Siddiqui' } });
  fireEvent.change(screen.getByTestId('field-phone'), { target: { value: '+92 300 7654321' } });
  fireEvent.click(screen.getByTestId('btn-save'));
  await waitFor(async () =>
    expect(await replica.find('users', { id: testUserId })).toMatchObject([
      { full_name: 'Ayesha K. Siddiqui', phone: '+923007654321' },
    ]),
  );
});

test('a phone without country code is explained beside it and not saved', async () => {
  const { replica } = await renderWithData(<ProfileScreen />, { rows: [me] });
  fireEvent.change(await screen.findByTestId('field-phone'), { target: { value: '0300 7654321' } });
  fireEvent.click(screen.getByTestId('btn-save'));
  expect((await screen.findByRole('alert')).textContent).toContain('country code');
  expect(await replica.find('users', { id: testUserId })).toMatchObject([{ phone: '+923001234567' }]);
});

test('what only the server decides needs a connection and says so', async () => {
  const offline = (
    <ConnectionContext value={false}>
      <ProfileScreen />
    </ConnectionContext>
  );
  await renderWithData(offline, { rows: [me] });
  expect(await screen.findAllByText('This needs a connection')).not.toHaveLength(0);
  for (const button of ['btn-change-password', 'btn-set-up-app', 'btn-change-email', 'btn-end-session'])
    expect(screen.queryByTestId(button)).toBeNull();
});

test.each([
  [{ current: 'x', next: 'long enough', repeated: 'long enough' }, true],
  [{ current: 'x', next: 'short', repeated: 'short' }, false],
  [{ current: 'x', next: 'long enough', repeated: 'long enoug' }, false],
  [{ current: '', next: 'long enough', repeated: 'long enough' }, false],
])('%j fits: %s', (input, fits) => {
  expect(passwordSchema.safeParse(input).success).toBe(fits);
});

test('what the server says stands beside the field it is about', () => {
  expect(passwordAnswer('invalid_credentials')).toEqual({ field: 'current', words: 'wrong' });
  expect(passwordAnswer('weak_password')).toEqual({ field: 'next', words: 'weak' });
  expect(passwordAnswer('network')).toEqual({ field: null, words: 'network' });
});
