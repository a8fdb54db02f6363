import { cx } from './cx.ts';

const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);
const names: Record<string, string> = isMac
  ? { mod: '⌘', shift: '⇧', alt: '⌥', enter: '↵' }
  : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', enter: 'Enter' };
const arrows: Record<string, string> = { left: '←', right: '→', up: '↑', down: '↓' };
const spell = (key: string): string => names[key] ?? arrows[key] ?? (/^(.|f\d+)$/.test(key) ? key.toUpperCase() : key);

/** Keys as they stand on this keyboard; written `mod+shift+s`. */
export const spellKeys = (keys: string): string[] => keys.split('+').map(spell);

export function Kbd({ keys, inverse = false }: { keys: string; inverse?: boolean }) {
  return (
    <span className="inline-flex shrink-0 gap-0.5">
      {spellKeys(keys).map((key) => (
        <kbd
          key={key}
          className={cx(
            'min-w-5 rounded-[4px] border px-1 text-center font-sans text-[11px] leading-4',
            inverse ? 'border-current/40' : 'border-line bg-subtle text-muted',
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
