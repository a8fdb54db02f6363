/** Why somebody's learning is open or closed: the ledger of causes and the status that follows from it (workflows 2.1). */
export { liftSuspensions, openSuspension, readAccess, settleAccess, type OpenedCause } from './access.ts';
