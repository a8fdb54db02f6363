import type { RefusalCode } from '#contract/errors.ts';
import type { Operation, OperationVerdict, WireDoc } from '#contract/protocol.ts';

/** The verdict *refused* as a server gives it: the id of its rejection follows from the operation's. */
export const refused = (op: Operation, code: RefusalCode, doc: WireDoc | null): OperationVerdict => ({
  op: op.op,
  s: 'refused',
  code,
  message: 'no',
  rejection_id: op.op.replace(/^.{8}/, 'eeeeeeee'),
  doc,
});
