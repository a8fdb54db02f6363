import type { openReplica as open } from './open-replica.ts';

/** The replica's code with RxDB is half of the app. Apart it is compiled while the session is read, not before anything is shown. */
const load = () => import('./open-replica.ts');

// At once: the session is read meanwhile. What fails now is tried again, and told, when the replica is opened.
void load().catch(() => undefined);

/** Opens the signed-in person's replica on this device and keeps it in step with the server. Needs no network. */
export const openReplica: typeof open = async (...given) => (await load()).openReplica(...given);
