import type { Desk, RealPerson } from './real-stage.ts';
import { until } from '../data/store.ts';

const pdf = new TextEncoder().encode('%PDF-1.4\n%âãÏÓ\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
/** Work done on a train, without a network: a note, an attempt with a file, and half a thought. */
export async function workOnTrain(
  { computer, replica }: Desk,
  { student, lesson, task }: { student: RealPerson; lesson: string; task: string },
): Promise<{ handedIn: string }> {
  computer.unplug();
  await until(replica.syncState, ({ status }) => status === 'offline' || status === 'unreachable');
  const note = { user_id: student.id, lesson_id: lesson, at_seconds: 30, body: 'A note from the train', copy_of: null };
  await replica.writes.insert('lesson_notes', note);
  const id = crypto.randomUUID();
  const target = {
    bucket: 'assignment-submissions',
    linked_table: 'submissions',
    linked_id: id,
    subject_id: task,
  } as const;
  const file = await replica.attach(new File([pdf], 'plan of the train.pdf', { type: 'application/pdf' }), target);
  const handedIn = new Date().toISOString();
  await replica.writes.insert('submissions', {
    id,
    assignment_id: task,
    student_id: student.id,
    content: 'An attempt from the train',
    links: [],
    file_ids: [file],
    client_submitted_at: handedIn,
    based_on: null,
    status: 'pending',
    version: 1,
  });
  await replica.saveDraft('reply/of-a-ticket', { text: 'Half a thought' });
  return { handedIn };
}

/** Texts that lie on the disk after it, of the server's rows and of the work. */
export const readable = [
  'Ayesha Unforgettable',
  'The secret of the lesson',
  'Secret instructions',
  'A note from the train',
  'An attempt from the train',
  'plan of the train.pdf',
];

/** What stands between a computer and the server sometimes: a page of somebody else. */
export const page = (status: number): Response =>
  new Response('<html><body>Please sign in to the network</body></html>', {
    status,
    headers: { 'content-type': 'text/html' },
  });
