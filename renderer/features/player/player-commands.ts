import { stepSpeed, usePlayerPreferences, type PlayerPreferences } from './player-preferences.ts';

/** Everything that keys and buttons can ask of the player. */
export type PlayerCommand =
  | { do: 'togglePlay' }
  | { do: 'seekBy' | 'seekTo'; seconds: number }
  | { do: 'volumeBy' | 'setVolume'; volume: number }
  | { do: 'toggleMute' | 'toggleCaptions' | 'toggleFullscreen' | 'togglePictureInPicture' }
  | { do: 'setSpeed'; speed: number }
  | { do: 'speedUp' | 'speedDown' }
  | { do: 'note' | 'next' };

/** What a command may touch beside the preferences. */
export type PlayerParts = {
  video: HTMLVideoElement;
  frame: HTMLElement;
  duration: number;
  /** Languages there are captions in. */
  languages: readonly string[];
  note: (seconds: number) => void;
  next: () => void;
};

const between = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Carries out one command. Preferences are written, and the player takes them from there. */
export function runCommand(command: PlayerCommand, { video, frame, duration, ...parts }: PlayerParts): void {
  const { speed, volume, muted, captions } = usePlayerPreferences.getState();
  const prefer = (change: Partial<PlayerPreferences>): void => void usePlayerPreferences.setState(change);
  const seek = (seconds: number): void => {
    seekTo(video, between(seconds, 0, duration || seconds));
  };
  switch (command.do) {
    case 'togglePlay':
      if (video.paused) startPlaying(video);
      else video.pause();
      return;
    case 'seekBy':
      return seek(video.currentTime + command.seconds);
    case 'seekTo':
      return seek(command.seconds);
    case 'volumeBy':
      return prefer({ volume: between(Math.round((volume + command.volume) * 20) / 20, 0, 1), muted: false });
    case 'setVolume':
      return prefer({ volume: command.volume, muted: command.volume === 0 });
    case 'toggleMute':
      return prefer({ muted: !muted });
    case 'toggleCaptions':
      return prefer({ captions: captions && parts.languages.includes(captions) ? null : (parts.languages[0] ?? null) });
    case 'setSpeed':
      return prefer({ speed: command.speed });
    case 'speedUp':
      return prefer({ speed: stepSpeed(speed, 1) });
    case 'speedDown':
      return prefer({ speed: stepSpeed(speed, -1) });
    case 'toggleFullscreen':
      return void (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen());
    case 'togglePictureInPicture':
      return void (document.pictureInPictureElement
        ? document.exitPictureInPicture()
        : video.requestPictureInPicture());
    case 'note':
      video.pause();
      return parts.note(Math.floor(video.currentTime));
    case 'next':
      return parts.next();
  }
}

export function seekTo(video: HTMLVideoElement, seconds: number): void {
  video.currentTime = seconds;
}

/** A start that is interrupted (the source changes, a pause follows at once) is no failure; a broken source says so itself. */
export function startPlaying(video: HTMLVideoElement): void {
  void video.play()?.catch(() => undefined);
}
