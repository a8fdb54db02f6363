export { useWaitingCount } from './queries.ts';
