import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** How this person likes to watch, kept on this device from lesson to lesson. */
export type PlayerPreferences = {
  speed: number;
  volume: number;
  muted: boolean;
  /** Language of the captions, null = off. */
  captions: string | null;
};

export const usePlayerPreferences = create<PlayerPreferences>()(
  persist(() => ({ speed: 1, volume: 1, muted: false, captions: null }) as PlayerPreferences, { name: 'player' }),
);

/** The next speed up or down; the ends stay where they are. */
export function stepSpeed(speed: number, direction: 1 | -1): number {
  const next = direction > 0 ? speeds.find((one) => one > speed) : speeds.findLast((one) => one < speed);
  return next ?? speed;
}
