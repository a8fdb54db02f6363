import { useEffect, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useRegisterShortcuts, type Shortcut } from '../../ui/index.ts';
import type { PlayerCommand } from './player-commands.ts';

const letters = {
  k: { do: 'togglePlay' },
  j: { do: 'seekBy', seconds: -10 },
  l: { do: 'seekBy', seconds: 10 },
  m: { do: 'toggleMute' },
  c: { do: 'toggleCaptions' },
  f: { do: 'toggleFullscreen' },
  '>': { do: 'speedUp' },
  '<': { do: 'speedDown' },
  n: { do: 'note' },
  'shift+n': { do: 'next' },
} as const satisfies Record<string, PlayerCommand>;

const names = {
  k: 'keys.play',
  j: 'keys.back',
  l: 'keys.forward',
  m: 'keys.mute',
  c: 'keys.captions',
  f: 'keys.fullscreen',
  '>': 'keys.faster',
  '<': 'keys.slower',
  n: 'keys.note',
  'shift+n': 'keys.next',
} as const satisfies Record<keyof typeof letters, string>;

/** Keys that mean something else elsewhere on the page (scrolling, pressing a button). */
const arrows: Record<string, PlayerCommand> = {
  ArrowLeft: { do: 'seekBy', seconds: -5 },
  ArrowRight: { do: 'seekBy', seconds: 5 },
  ArrowUp: { do: 'volumeBy', volume: 0.05 },
  ArrowDown: { do: 'volumeBy', volume: -0.05 },
};

/**
 * The player's keys (screens 1.4). Letters go through the app's one registry, so that they are listed and can be switched
 * off. Space and the side arrows also work while nothing has the focus; up and down only inside the player, because
 * elsewhere they scroll.
 */
export function usePlayerKeys(frame: RefObject<HTMLElement | null>, run: (command: PlayerCommand) => void): void {
  const { t } = useTranslation('player');
  const registered: Shortcut[] = Object.entries(letters).map(([keys, command]) => ({
    id: `player-${keys}`,
    keys,
    label: t(names[keys as keyof typeof letters]),
    group: 'player',
    run: () => run(command),
  }));
  const listed: Shortcut[] = [
    {
      id: 'player-space',
      keys: 'space',
      label: t('keys.play'),
      group: 'player',
      documentary: true,
      run: () => undefined,
    },
    {
      id: 'player-arrows',
      keys: '←+→',
      label: t('keys.step'),
      group: 'player',
      documentary: true,
      run: () => undefined,
    },
    {
      id: 'player-volume',
      keys: '↑+↓',
      label: t('keys.volume'),
      group: 'player',
      documentary: true,
      run: () => undefined,
    },
  ];
  useRegisterShortcuts([...registered, ...listed]);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const command = commandOf(event, frame.current);
      if (!command) return;
      event.preventDefault();
      run(command);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [frame, run]);
}

function commandOf(event: KeyboardEvent, frame: HTMLElement | null): PlayerCommand | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element))
    return null;
  const isInside = frame?.contains(event.target) ?? false;
  if (!isInside && event.target !== document.body) return null;
  // A focused button, list or volume knob keeps its own keys; the timeline moves by our steps.
  const isSeekBar = event.target.matches('[data-testid="player-seek"]');
  if (event.key === ' ') return event.target.matches('button, select') ? null : { do: 'togglePlay' };
  if (!isSeekBar && event.target.matches('select, input')) return null;
  if (!isInside && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) return null;
  return arrows[event.key] ?? null;
}
