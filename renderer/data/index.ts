export * from './types.ts';
export {
  DataProvider,
  useBadge,
  useDraft,
  useHeldWork,
  usePending,
  useProblems,
  useReplica,
  useRow,
  useRows,
  useSyncFact,
  useSyncState,
  useTrustedNow,
  useUpload,
  useWrites,
} from './hooks.tsx';
export { openReplica, type OpenOptions } from './open-replica.ts';
export { startSession, useSignedOut, wiper } from './wipe/page-wiper.ts';
