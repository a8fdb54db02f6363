import type { Verdict } from '../errors.ts';
import type { Actor } from '../roles.ts';
import type { CompanySettings } from '../tables/company.ts';
import type { Assignment } from '../tables/lessons.ts';
import type { FileRow, Submission } from '../tables/submissions.ts';
import { canStore, submissionLimits } from './files.ts';

type Attempt = Pick<Submission, 'version' | 'status'>;

export type SubmissionAttempt = {
  student_id: string;
  assignment: Pick<Assignment, 'submission_type' | 'is_active' | 'max_files' | 'max_file_mb'>;
  /** Whether the lesson is open to the student, or was when the work was handed in (workflows 3.17). */
  lesson: 'open' | 'locked';
  /** The attempt with the highest version, or null. */
  latest: Attempt | null;
  /** The latest attempt the student had seen when submitting. */
  basedOn: Attempt | null;
  content: string | null;
  links: readonly string[];
  /** The files named, as far as they are known here. */
  files: readonly Pick<FileRow, 'bucket' | 'owner_id' | 'bytes' | 'mime'>[];
  settings: Pick<CompanySettings, 'submission_max_files' | 'submission_max_file_mb'>;
};

/** Whether a student may hand in this attempt (workflows 3.17, data model R15). */
export function canSubmit(actor: Actor, attempt: SubmissionAttempt): Verdict {
  if (actor.role !== 'student' || actor.id !== attempt.student_id) return 'not_allowed';
  if (!attempt.assignment.is_active) return 'not_allowed';
  const turn = isHisTurn(attempt.latest, attempt.basedOn);
  if (turn !== 'allowed') return turn;
  if (attempt.lesson === 'locked') return 'locked';
  return checkPayload(actor, attempt);
}

/** The latest attempt must leave room for another, and be the one the student had in front of him. */
function isHisTurn(latest: Attempt | null, basedOn: Attempt | null): Verdict {
  if (latest?.status === 'pending') return 'submission_open';
  if (latest?.status === 'approved') return 'already_approved';
  if (latest?.version === basedOn?.version && latest?.status === basedOn?.status) return 'allowed';
  // A decision he has not seen stands: he reads it and chooses (screens 3.3).
  return latest?.status === 'declined' ? 'already_reviewed' : 'stale';
}

function checkPayload(actor: Actor, { assignment, content, links, files, settings }: SubmissionAttempt): Verdict {
  const limits = submissionLimits(assignment, settings);
  const given = {
    text: (content ?? '').trim().length > 0,
    link: links.length > 0,
    file: files.length > 0,
  } as const satisfies Record<Assignment['submission_type'], boolean>;
  if (!given[assignment.submission_type]) return 'invalid';
  if ((content ?? '').length > 20_000 || links.length > 10 || files.length > limits.files) return 'invalid';
  if (links.some((link) => !isSecureLink(link))) return 'invalid';
  for (const file of files) {
    if (file.owner_id !== actor.id || file.bucket !== 'assignment-submissions') return 'not_allowed';
    const stored = canStore(file, limits.bytes);
    if (stored !== 'allowed') return stored;
  }
  return 'allowed';
}

/** A host and no blanks; the form and the contract parse the rest. Nothing here may be matched in two ways: links can be long. */
const isSecureLink = (link: string): boolean => /^https:\/\/[^\s/?#]\S*$/i.test(link);

/** Whether the student may take a pending attempt back. */
export function canWithdraw(actor: Actor, submission: Pick<Submission, 'student_id' | 'status'>): Verdict {
  if (actor.id !== submission.student_id) return 'not_allowed';
  // A second wish of the same kind changes nothing.
  if (submission.status === 'pending' || submission.status === 'withdrawn') return 'allowed';
  return 'already_reviewed';
}
