import { inScope } from './fragments.ts';
import type { Oracle, Rules } from './rule.ts';
import { shownResources } from './content.ts';

const file = 'bucket owner_id path original_name mime bytes sha256 status linked_table linked_id';
const paper = "t.bucket = 'student-documents'";

/** The student whose certificate it is. */
const certified = `(select w.student_id from certificates w where t.linked_table = 'certificates' and w.id = t.linked_id and not w.is_deleted)`;
const answerer = `(select w.user_id from onboarding_responses w where w.file_id = t.id and w.user_id = t.owner_id and not w.is_deleted limit 1)`;
const resource = `(select w.id from resources w where t.linked_table = 'resources' and w.id = t.linked_id and w.content ->> 'file_id' = t.id::text and not w.is_deleted)`;

const asStaff: Rules = {
  files: [
    {
      rows: `${paper} and (${answerer} is not null or ${certified} is not null)`,
      online: file,
    },
    { rows: `${resource} is not null`, columns: file },
  ],
};

/** Papers of students and files of resources: as readable as what they hang on (data model §4). */
export const documents: Oracle = {
  student: {
    files: [
      { rows: `${paper} and $1 = ${certified}`, columns: file },
      { rows: `${resource} in (select shown.id from (${shownResources}) shown)`, columns: file },
    ],
  },
  mentor: {
    files: [
      { rows: `${paper} and ${answerer} in ${inScope}`, online: file },
      { rows: `${resource} is not null`, columns: file },
    ],
  },
  admin: asStaff,
  superadmin: asStaff,
};
