export { useWork, useWorkCount, useWorkEntry } from './queries.ts';
export { byUrgency, type WorkEntry, type WorkStatus } from './work-list.ts';
