export { VideoPlayer, type PlayerHandle, type VideoPlayerProps } from './video-player.tsx';
export type { WatchProgress } from './use-watching.ts';
