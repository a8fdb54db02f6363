import { Tooltip as T } from 'radix-ui';
import type { ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

/** Words shown on hover and on keyboard focus. `keys` adds the shortcut. Without words the child stands alone. */
export function Tooltip({
  text,
  keys,
  side = 'bottom',
  children,
}: {
  text: ReactNode;
  keys?: string;
  side?: 'top' | 'bottom' | 'left' | 'right';
  children: ReactNode;
}) {
  if (!text) return children;
  return (
    <T.Provider delayDuration={400} skipDelayDuration={200}>
      <T.Root>
        <T.Trigger asChild>{children}</T.Trigger>
        <T.Portal>
          <T.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 flex max-w-72 items-center gap-2 rounded-control bg-ink px-2 py-1 text-caption text-canvas animate-fade"
          >
            <span>{text}</span>
            {keys && <Kbd keys={keys} inverse />}
          </T.Content>
        </T.Portal>
      </T.Root>
    </T.Provider>
  );
}
