import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { naturalId } from '#contract/natural-id.ts';
import { insertRow } from '../../seed/insert-rows.ts';
import { createDevice, createPerson, type Person } from '../../testing/people.ts';
import { openAcademy, outcome, type Academy } from '../../testing/academy.ts';

let academy: Academy;
let student: Person;
let mentor: Person;
beforeAll(async () => {
  academy = await openAcademy();
});
afterAll(() => academy.database.drop());
beforeEach(async () => {
  student = await createPerson(academy.database.server, 'student', { full_name: 'Ayesha' });
  mentor = await createPerson(academy.database.server, 'mentor', { full_name: 'Bilal' });
});

const seen = '00000000-0000-4000-8000-00000000000f';
const edit = async (person: Person, type: string, id: string, set: Record<string, unknown>): Promise<string> =>
  outcome((await academy.push(person, [{ type, id, base: seen, set }]))[0]);
const user = async (id: string) =>
  (await academy.rows('select full_name, phone, role, avatar_file_id from users where id = $1', [id]))[0]!;

describe('a profile', () => {
  test('is changed by its own person, and says so in the trail', async () => {
    expect(await edit(student, 'users', student.id, { full_name: 'Ayesha Khan' })).toBe('ok');
    expect(await user(student.id)).toMatchObject({ full_name: 'Ayesha Khan' });
    expect(
      await academy.rows("select data from admin_logs where entity_id = $1 and action = 'profile_updated'", [
        student.id,
      ]),
    ).toEqual([{ data: { fields: ['full_name'] } }]);
  });

  test.each(['student', 'mentor', 'enrollment_manager', 'admin', 'superadmin'] as const)(
    'a %s changes nobody else’s',
    async (role) => {
      const other = await createPerson(academy.database.server, role);
      expect(await edit(other, 'users', student.id, { full_name: 'Somebody' })).not.toBe('ok');
      expect(await user(student.id)).toMatchObject({ full_name: 'Ayesha' });
    },
  );

  test('a student cannot raise its role', async () => {
    await edit(student, 'users', student.id, { role: 'superadmin', status: 'active', full_name: 'Ayesha S' });
    expect(await user(student.id)).toMatchObject({ role: 'student', full_name: 'Ayesha S' });
  });

  test('a phone number belongs to one person', async () => {
    await createPerson(academy.database.server, 'student', { phone: '+923007654321' });
    const [verdict] = await academy.push(student, [
      { type: 'users', id: student.id, base: seen, set: { phone: '+923007654321' } },
    ]);
    expect(outcome(verdict)).toBe('taken');
    expect(await edit(student, 'users', student.id, { phone: '0300 7654321' })).toBe('invalid');
    expect(await edit(student, 'users', student.id, { phone: '+923001112223' })).toBe('ok');
  });

  test('a blank name is no name', async () => {
    expect(await edit(student, 'users', student.id, { full_name: '   ' })).toBe('invalid');
  });

  test('a picture is one’s own, whole, and a picture', async () => {
    const file = (owner: string, changes: Record<string, unknown> = {}) => {
      const id = uuidv7();
      return insertRow(academy.database.server, 'files', {
        id,
        bucket: 'attachments',
        owner_id: owner,
        path: `avatars/${owner}/${id}.png`,
        original_name: 'me.png',
        mime: 'image/png',
        bytes: 1000,
        sha256: 'b'.repeat(64),
        status: 'ready',
        ...changes,
      });
    };
    const wear = (avatar: string) => edit(student, 'users', student.id, { avatar_file_id: avatar });
    expect(await wear(await file(student.id, { status: 'uploading' }))).toBe('wait files');
    expect(await wear(await file(student.id, { mime: 'application/pdf' }))).toBe('file_type');
    expect(await wear(await file(mentor.id))).toBe('wait files');
    // What will not come is not waited for.
    expect(await wear(await file(student.id, { status: 'deleted', is_deleted: true }))).toBe('invalid');
    expect(await wear(await file(student.id, { status: 'quarantined' }))).toBe('invalid');
    const own = await file(student.id);
    expect(await wear(own)).toBe('ok');
    expect(await user(student.id)).toMatchObject({ avatar_file_id: own });
  });
});

describe('files', () => {
  const announce = async (person: Person, changes: Record<string, unknown> = {}): Promise<string> => {
    const id = uuidv7();
    const set = {
      bucket: 'assignment-submissions',
      owner_id: person.id,
      path: `${person.id}/a/1/${id}.pdf`,
      original_name: 'plan.pdf',
      mime: 'application/pdf',
      bytes: 2_000_000,
      sha256: 'c'.repeat(64),
      linked_table: null,
      linked_id: null,
      ...changes,
    };
    return outcome((await academy.push(person, [{ type: 'files', id, set }]))[0]);
  };

  test('a student announces a file of their own, below their own id', async () => {
    expect(await announce(student)).toBe('ok');
    expect(await academy.rows('select status from files where owner_id = $1', [student.id])).toEqual([
      { status: 'local' },
    ]);
  });

  test('not for somebody else, not elsewhere, not under another name', async () => {
    expect(await announce(student, { owner_id: mentor.id })).toBe('not_allowed');
    expect(await announce(student, { path: `${mentor.id}/a/1/${uuidv7()}.pdf` })).toBe('not_allowed');
    expect(await announce(student, { path: `${student.id}/a/1/${uuidv7()}.pdf` })).toBe('not_allowed');
    expect(await announce(student, { bucket: 'company-logos' })).toBe('not_allowed');
    expect(await announce(mentor)).toBe('not_allowed');
  });

  test('not too large, not empty, not a page or a program', async () => {
    expect(await announce(student, { bytes: 26 * 1024 * 1024 })).toBe('too_large');
    expect(await announce(student, { bytes: 0 })).toBe('invalid');
    expect(await announce(student, { mime: 'text/html' })).toBe('file_type');
    expect(await announce(student, { path: undefined })).toBe('invalid');
  });
});

describe('what else is one’s own', () => {
  test('a student’s switches, a mentor’s entry, a device’s name', async () => {
    const device = await createDevice(academy.database.server, student.id);
    expect(await edit(student, 'students', student.id, { leaderboard_hidden: true })).toBe('ok');
    expect(await edit(mentor, 'mentors', mentor.id, { bio: 'Ran two stores' })).toBe('ok');
    expect(await edit(student, 'devices', device, { label: 'Laptop' })).toBe('ok');
    expect(await edit(student, 'devices', device, { label: ' ' })).toBe('invalid');
    expect(await edit(mentor, 'devices', device, { label: 'Mine' })).not.toBe('ok');
    expect(await edit(mentor, 'students', student.id, { leaderboard_hidden: false })).not.toBe('ok');
    expect(await academy.rows('select label from devices where id = $1', [device])).toEqual([{ label: 'Laptop' }]);
  });

  test('notifications are read and dismissed once, the earliest time stands', async () => {
    const id = await insertRow(academy.database.server, 'notifications', {
      user_id: student.id,
      type: 't',
      title: 'T',
      body: 'B',
    });
    const read = (person: Person, at: string) => edit(person, 'notifications', id, { read_at: at });
    expect(await read(student, '2027-03-01T07:30:00.000Z')).toBe('ok');
    expect(await read(student, '2027-03-01T07:00:00.000Z')).toBe('ok');
    expect(await read(student, '2027-03-01T07:45:00.000Z')).toBe('ok');
    expect(await read(mentor, '2027-01-01T00:00:00.000Z')).not.toBe('ok');
    expect(await academy.rows('select read_at from notifications where id = $1', [id])).toEqual([
      { read_at: '2027-03-01T07:00:00.000Z' },
    ]);
  });

  test('a refused change is put aside by its author', async () => {
    const id = await insertRow(academy.database.server, 'sync_rejections', {
      user_id: student.id,
      collection: 'users',
      doc_id: student.id,
      code: 'taken',
      message: 'm',
    });
    expect(await edit(mentor, 'sync_rejections', id, { acknowledged_at: '2027-03-01T07:00:00.000Z' })).not.toBe('ok');
    expect(await edit(student, 'sync_rejections', id, { acknowledged_at: '2027-03-01T07:00:00.000Z' })).toBe('ok');
  });

  test('mutes are one’s own, and never silence billing or security', async () => {
    const settings = (person: Person, set: Record<string, unknown>) =>
      academy
        .push(person, [
          {
            type: 'notification_settings',
            id: naturalId('notification_settings', student.id),
            set: { user_id: student.id, mutes: {}, email_digest: false, quiet_hours: null, ...set },
          },
        ])
        .then(([verdict]) => outcome(verdict));
    expect(await settings(student, { mutes: { content_unlocked: ['in_app'] } })).toBe('ok');
    expect(await settings(student, { mutes: { invoice_overdue: ['in_app'] } })).toBe('invalid');
    expect(await settings(student, { quiet_hours: { from: '25:00', to: '07:00' } })).toBe('invalid');
    expect(await settings(mentor, { mutes: {} })).not.toBe('ok');
  });

  test('agreeing to WhatsApp messages is dated by the server, and taken back whole', async () => {
    const agree = (set: Record<string, unknown>) =>
      academy.push(student, [
        {
          type: 'notification_settings',
          id: naturalId('notification_settings', student.id),
          base: seen,
          set: { user_id: student.id, mutes: {}, email_digest: false, quiet_hours: null, ...set },
        },
      ]);
    const stored = () =>
      academy.rows(
        'select whatsapp_opt_in, whatsapp_opt_in_at is not null as dated, whatsapp_opt_in_source from notification_settings where user_id = $1',
        [student.id],
      );
    await agree({
      whatsapp_opt_in: true,
      whatsapp_opt_in_at: '2020-01-01T00:00:00.000Z',
      whatsapp_opt_in_source: 'me',
    });
    expect(await stored()).toEqual([{ whatsapp_opt_in: true, dated: true, whatsapp_opt_in_source: 'app' }]);
    await agree({ whatsapp_opt_in: false });
    expect(await stored()).toEqual([{ whatsapp_opt_in: false, dated: false, whatsapp_opt_in_source: null }]);
  });
});
