import type { StorageBucket } from '../api/files.ts';
import type { Actor, Role } from '../roles.ts';
import { documents, images, office } from './files.ts';

const megabyte = 1024 * 1024;

/** Whose files a role may bring to a place: their own only, or anybody's. */
type Reach = 'own' | 'any';

/**
 * One kind of place in a bucket: what lies there, who brings it and which record it hangs on (data model §4). To give a record
 * files: one entry here, one line in SQL `app_may_link` (`db/declared/files.sql`: who may hang a file on which row) and
 * views of `files` in `permissions/tables/submissions.ts` (who reads the row).
 */
export type FilePlace = {
  bucket: StorageBucket;
  /**
   * The folders a path begins with; more may follow. `:person` is the one the place belongs to, `:record` the id of the row in
   * the first table of `linksTo`, `:any` one folder of any name; everything else stands for itself.
   */
  folders: string;
  /** Tables of the records a file here may hang on. None: it hangs on no row, because everybody may see it. */
  linksTo: readonly string[];
  /** Who may bring files; a role that is not named may not. Where the path names no person, `own` and `any` are the same. */
  writers: Partial<Record<Role, Reach>>;
  /** Largest file. Left out: the bucket's own limit. */
  bytes?: number;
  /** Types, as found in the bytes. Left out: those of the bucket. */
  types?: readonly string[];
  /** Least width and height of a picture; drawings have none. */
  leastPixels?: number;
  /** Files that one record may carry. */
  perRecord?: number;
  /** True for teaching material: closed to a student whose account is limited (workflows 2.1). */
  closedWhenRestricted?: boolean;
};

const staff = { admin: 'any', superadmin: 'any' } as const;
const everyone = {
  student: 'own',
  mentor: 'own',
  enrollment_manager: 'own',
  admin: 'own',
  superadmin: 'own',
} as const;

/** Every place files may lie in; what fits none is refused. */
export const filePlaces = {
  /** What a student hands in: `<student>/<assignment>/<version>/…`. */
  work: {
    bucket: 'assignment-submissions',
    folders: ':person/:any',
    linksTo: ['submissions'],
    writers: { student: 'own' },
  },
  onboarding: {
    bucket: 'student-documents',
    folders: ':person/onboarding/:any',
    linksTo: ['onboarding_responses'],
    writers: { student: 'own' },
  },
  paymentProof: {
    bucket: 'student-documents',
    folders: ':person/payment-proofs/:record',
    linksTo: ['payment_proofs', 'installment_payments'],
    writers: { student: 'own', ...staff },
    bytes: 8 * megabyte,
    types: ['application/pdf', 'image/jpeg', 'image/png'],
    perRecord: 5,
  },
  /** Drawn by the server. */
  certificate: {
    bucket: 'student-documents',
    folders: ':person/certificates',
    linksTo: ['certificates'],
    writers: {},
    types: ['application/pdf'],
  },
  /** Invoices and receipts, drawn by the server. */
  billing: {
    bucket: 'student-documents',
    folders: ':person/billing',
    linksTo: ['invoices', 'installment_payments'],
    writers: {},
    types: ['application/pdf'],
  },
  lesson: {
    bucket: 'attachments',
    folders: 'lessons/:record',
    linksTo: ['available_lessons', 'recording_attachments'],
    writers: { mentor: 'any', ...staff },
    closedWhenRestricted: true,
  },
  resource: {
    bucket: 'attachments',
    folders: 'resources/:record',
    linksTo: ['resources'],
    writers: staff,
    closedWhenRestricted: true,
  },
  ticket: {
    bucket: 'attachments',
    folders: 'tickets/:record',
    linksTo: ['support_tickets', 'support_ticket_replies'],
    writers: everyone,
    bytes: 10 * megabyte,
    perRecord: 5,
  },
  message: {
    bucket: 'attachments',
    folders: 'messages/:record',
    linksTo: ['message_threads', 'messages'],
    writers: everyone,
    bytes: 10 * megabyte,
    perRecord: 5,
  },
  avatar: {
    bucket: 'attachments',
    folders: 'avatars/:person',
    linksTo: ['users', 'mentors'],
    writers: everyone,
    bytes: 5 * megabyte,
    types: images,
  },
  /** As the academy's own designer made it; smaller ones are drawn from it. */
  logo: {
    bucket: 'company-logos',
    folders: 'logos',
    linksTo: [],
    writers: { superadmin: 'any' },
    bytes: 5 * megabyte,
    types: ['image/png', 'image/jpeg', 'image/svg+xml'],
    leastPixels: 256,
  },
  courseCover: {
    bucket: 'company-logos',
    folders: 'covers/course',
    linksTo: [],
    writers: staff,
    bytes: 5 * megabyte,
    types: ['image/jpeg', 'image/png', 'image/webp'],
  },
  pathwayCover: {
    bucket: 'company-logos',
    folders: 'covers/pathway',
    linksTo: [],
    writers: staff,
    bytes: 5 * megabyte,
    types: ['image/jpeg', 'image/png', 'image/webp'],
  },
  handbook: {
    bucket: 'company-logos',
    folders: 'onboarding-docs',
    linksTo: [],
    writers: { superadmin: 'any' },
    bytes: 25 * megabyte,
    types: [...documents, ...office],
  },
} as const satisfies Record<string, FilePlace>;
export type PlaceName = keyof typeof filePlaces;

/** Where a path lies: the place, and the ids its folders name. */
export type FoundPlace = { name: PlaceName; place: FilePlace; person: string | null; record: string | null };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The place a path lies in, by its folders; null where nothing may lie. */
export function placeOf(bucket: string, folders: readonly string[]): FoundPlace | null {
  for (const [name, place] of Object.entries(filePlaces)) {
    const found = place.bucket === bucket && readFolders(place.folders, folders);
    if (found) return { name: name as PlaceName, place, ...found };
  }
  return null;
}

function readFolders(pattern: string, folders: readonly string[]): Pick<FoundPlace, 'person' | 'record'> | null {
  const found: Pick<FoundPlace, 'person' | 'record'> = { person: null, record: null };
  for (const [at, word] of pattern.split('/').entries()) {
    const given = folders[at];
    if (given === undefined) return null;
    if (word === ':any') continue;
    if (!word.startsWith(':')) {
      if (word !== given) return null;
    } else {
      if (!uuid.test(given)) return null;
      found[word === ':person' ? 'person' : 'record'] = given;
    }
  }
  return found;
}

/** Whether this person may bring files to the place at all. Whether the record is theirs to hang files on, SQL says. */
export function mayBring({ place, person }: FoundPlace, actor: Actor): boolean {
  const reach = place.writers[actor.role];
  return reach === 'any' || (reach === 'own' && (person === null || person === actor.id));
}

/** What a file at this place hangs on by its path alone; nothing where the record comes later or its id is not in the path. */
export function linkByPath({ place, person, record, name }: FoundPlace): { table: string; id: string } | null {
  const [table] = place.linksTo;
  if (!table) return null;
  if (record) return { table, id: record };
  return name === 'avatar' && person ? { table, id: person } : null;
}

/** What a device knows of a file it is about to bring. */
export type FileTarget = {
  bucket: StorageBucket;
  linked_table: string;
  linked_id: string;
  /** What the file lies under where that is not the row itself: the assignment of work, the ticket of an answer to it. */
  subject_id?: string;
};

/** The folders a file of this person goes to, for a row it will hang on. Throws where no place takes files of such a row. */
export function folderFor({ bucket, linked_table, linked_id, subject_id }: FileTarget, person: string): string[] {
  const place = Object.values<FilePlace>(filePlaces).find(
    (one) => one.bucket === bucket && one.linksTo.includes(linked_table),
  );
  if (!place) throw new Error(`no file of ${linked_table} lies in ${bucket}`);
  const subject = subject_id ?? linked_id;
  return place.folders.split('/').map((word) => {
    if (word === ':person') return person;
    return word.startsWith(':') ? subject : word;
  });
}
