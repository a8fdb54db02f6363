import { onlineOnly } from '../view.ts';

/** Where each credit went; the server's own. */
export const success_partner_ledger = onlineOnly('success_partner_ledger', { read: [] });
