import type { View } from '../view.ts';

const ofBill = 'sync_student_of_bill(t.linked_table, t.linked_id)';

/**
 * Who reads the files of invoices, payments and proofs: the student they are about; the team asks online, as for the money itself.
 * An enrolment manager reads bills, never what a student sent as proof.
 */
export const moneyFileViews = <Column extends string>(columns: readonly Column[]): View<Column>[] => [
  { scope: 'u', key: ofBill, columns, roles: ['student'] },
  {
    scope: 'es',
    key: ofBill,
    when: "t.linked_table in ('invoices', 'installment_payments')",
    columns: [],
    online: columns,
  },
  { scope: 'staff', when: `${ofBill} is not null`, columns: [], online: columns },
];
