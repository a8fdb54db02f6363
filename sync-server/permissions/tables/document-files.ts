import type { Dependency, View } from '../view.ts';

const answerer = 'sync_answerer_of_file(t.id, t.owner_id)';
const holder = 'sync_holder_of_file(t.linked_table, t.linked_id)';
const resource = 'sync_resource_of_file(t.id, t.linked_table, t.linked_id)';
const paper = "t.bucket = 'student-documents'";

/**
 * Who reads files of onboarding answers, certificates and files of resources. Other people's papers are asked for online and
 * never lie on a device.
 */
export const documentFileViews = <Column extends string>(columns: readonly Column[]): View<Column>[] => [
  { scope: 'u', key: holder, when: paper, columns, roles: ['student'] },
  { scope: 'sm', key: answerer, when: paper, columns: [], online: columns },
  {
    scope: 'staff',
    when: `${paper} and coalesce(${answerer}, ${holder}) is not null`,
    columns: [],
    online: columns,
  },
  { scope: 'rs', key: resource, columns },
  { scope: 'mentors', when: `${resource} is not null`, columns },
  { scope: 'staff', when: `${resource} is not null`, columns },
];

const filesOn = (table: string): string =>
  `select id from files where linked_table = '${table}' and linked_id = any($moved)`;

/** Rows whose coming or going changes who holds those files, and those of money. */
export const documentFileDependencies: Dependency[] = [
  { on: 'resources', columns: ['content', 'is_deleted'], rows: filesOn('resources'), onInsert: true },
  ...['payment_proofs', 'installment_payments', 'invoices', 'certificates'].map((table) => ({
    on: table,
    columns: ['student_id', 'is_deleted'],
    rows: filesOn(table),
    onInsert: true,
  })),
];
