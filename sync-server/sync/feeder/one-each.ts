import type { Readers } from '../readers.ts';
import type { Opened } from './notices.ts';

/** Streams one person may hold open in one process: more than anybody has devices. */
const mostStreams = 16;

/** One stream per device, in whichever process the older one lives. */
export function endReplaced(readers: Readers, { id, userId, device }: Opened): void {
  for (const other of [...readers.streamsOf(userId)])
    if (other.device === device && other.id !== id) other.bye('replaced');
}

/** However many devices one person claims to have, their streams are not what everybody else's server is busy with. */
export function makeRoom(readers: Readers, userId: string): void {
  const own = [...readers.streamsOf(userId)];
  for (const oldest of own.slice(0, Math.max(0, own.length - mostStreams + 1))) oldest.bye('replaced');
}
