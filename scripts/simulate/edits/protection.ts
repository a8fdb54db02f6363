import { me, note, word, anyOf, type Edit, type Scene } from './scene.ts';

async function signal(scene: Scene): Promise<boolean> {
  const id = crypto.randomUUID();
  const text = word(scene, 'signal');
  await scene.replica.writes.insert('security_signals', {
    id,
    student_id: me(scene),
    signal_type: 'screenshot_key',
    video_id: null,
    session_id: null,
    page_url: null,
    device_label: null,
    details: { text },
  });
  return note(scene, { table: 'security_signals', id, column: 'details', care: 'fact', text });
}

async function play(scene: Scene): Promise<boolean> {
  const lesson = await anyOf(scene, 'available_lessons');
  const id = crypto.randomUUID();
  const text = word(scene, 'signal');
  await scene.replica.writes.insert('video_access_events', {
    id,
    user_id: me(scene),
    lesson_id: lesson?.id ?? null,
    event_type: 'heartbeat',
    session_id: null,
    device_label: null,
    metadata: { text },
  });
  return note(scene, { table: 'video_access_events', id, column: 'metadata', care: 'fact', text });
}

async function complain(scene: Scene): Promise<boolean> {
  const id = crypto.randomUUID();
  const text = word(scene, 'signal');
  await scene.replica.writes.insert('error_logs', {
    id,
    user_id: me(scene),
    error_type: 'ui',
    error_code: null,
    error_message: text,
    error_details: null,
    stack_trace: null,
    url: null,
    user_agent: null,
    severity: 'error',
    app_version: '1',
  });
  return note(scene, { table: 'error_logs', id, column: 'error_message', care: 'fact', text });
}

/** What a device reports of itself; it leaves the device once the server has it. */
export const protectionEdits: readonly Edit[] = [
  { table: 'security_signals', verb: 'insert', roles: ['student'], make: signal },
  { table: 'video_access_events', verb: 'insert', roles: ['student', 'mentor', 'admin', 'superadmin'], make: play },
  { table: 'error_logs', verb: 'insert', make: complain },
];
