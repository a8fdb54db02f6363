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
  useTables,
  useTrustedNow,
  useUpload,
  useWrites,
} from './hooks.tsx';
export type { OpenOptions } from './open-options.ts';
export { openReplica } from './load-replica.ts';
export { useAutosave } from './use-autosave.ts';
export { useKeptText } from './use-kept-text.tsx';
export { startSession, useSignedOut, wiper } from './wipe/page-wiper.ts';
