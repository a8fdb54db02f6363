export { FirstSyncScreen as FirstSync } from './screens/first-sync-screen.tsx';
