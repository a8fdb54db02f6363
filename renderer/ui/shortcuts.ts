import { useEffect, useRef } from 'react';
import { create } from 'zustand';

export type ShortcutGroup = 'general' | 'navigation' | 'list' | 'player' | 'review';

export type Shortcut = {
  id: string;
  /** `mod+k`, `shift+n`, `?`; `mod` is Ctrl, Cmd on macOS. */
  keys: string;
  /** What it does, in the words of the interface. */
  label: string;
  group: ShortcutGroup;
  run: () => void;
  /** Also works while a field has the focus; single letters never do. */
  inFields?: boolean;
  /** Shown in the sheet but handled elsewhere (the player's own keys). */
  documentary?: boolean;
  /** Listed under Actions in the command palette. */
  palette?: boolean;
};

/** Every shortcut that works right now: one list that feeds tooltips, palette and the F1 sheet. */
export const useShortcuts = create<{ list: readonly Shortcut[] }>(() => ({ list: [] }));

const register = (added: readonly Shortcut[]): (() => void) => {
  useShortcuts.setState(({ list }) => ({ list: [...list, ...added] }));
  return () => useShortcuts.setState(({ list }) => ({ list: list.filter((one) => !added.includes(one)) }));
};

/** Makes shortcuts work while the component is on screen. The newest of two with the same keys wins. */
export const useRegisterShortcuts = (shortcuts: readonly Shortcut[]): void => {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const shape = shortcuts.map((one) => `${one.id}|${one.keys}|${one.label}|${one.palette ?? ''}`).join('\n');
  useEffect(
    () =>
      register(
        latest.current.map((one) => ({ ...one, run: () => latest.current.find((now) => now.id === one.id)?.run() })),
      ),
    [shape],
  );
};

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The name of a pressed key combination, in the registry's spelling. */
export const pressedKeys = (event: KeyboardEvent): string => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase().replace('arrow', '');
  const isSymbol = event.key.length === 1 && !/[a-z0-9]/i.test(event.key);
  const parts = [
    event.ctrlKey || event.metaKey ? 'mod' : '',
    event.altKey ? 'alt' : '',
    event.shiftKey && !isSymbol ? 'shift' : '',
    key,
  ];
  return parts.filter(Boolean).join('+');
};

/** Listens for the whole window; the shell calls it once. */
export const useShortcutListener = (): void => {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const keys = pressedKeys(event);
      const found = useShortcuts.getState().list.findLast((one) => one.keys === keys && !one.documentary);
      if (!found || (isField(event.target) && !found.inFields)) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
};
