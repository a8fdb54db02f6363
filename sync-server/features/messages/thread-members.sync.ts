import { threadMembers } from '#contract/tables/messages.ts';
import { defineSync } from '../../sync/define-sync.ts';
import { deviceTime } from '../../sync/push/device-time.ts';

/** How far one has read, what one hid or silenced: the own row only. Whoever reads an inbox by role makes it when first needed. */
export const threadMembersSync = defineSync(threadMembers, {
  // What lies ahead cannot have been read: it would keep later messages from counting. A clock that is fast is no fault of its person.
  adjust: (set, now) => {
    const read = set['last_read_at'];
    return typeof read === 'string' ? { ...set, last_read_at: deviceTime(read, now).toISOString() } : set;
  },
  guard: async ({ tx, actor }, { before, set, deleted }) => {
    if (deleted || (before ?? set)['user_id'] !== actor.id) return 'not_allowed';
    if (before) return 'allowed';
    const { rowCount } = await tx.query("select from message_threads where id = $1 and kind = 'staff_inbox'", [
      set['thread_id'],
    ]);
    return rowCount === 1 ? 'allowed' : 'not_allowed';
  },
  after: async ({ tx, deps, op }) => {
    await tx.query('select server_recount_unread($1, $2)', [deps.serverKey, op.id]);
  },
});
