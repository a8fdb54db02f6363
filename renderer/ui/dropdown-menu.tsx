import { Check } from 'lucide-react';
import { DropdownMenu as M } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';
import { Kbd } from './kbd.tsx';
import { floatLook, itemLook } from './menu-look.ts';

export type MenuItem =
  | {
      label: string;
      icon?: LucideIcon;
      onSelect: () => void;
      keys?: string;
      checked?: boolean;
      destructive?: boolean;
      disabled?: boolean;
      testId?: string;
    }
  | { separator: true }
  | { heading: ReactNode };

/** A menu under its trigger, which must be a button. */
export function DropdownMenu({
  trigger,
  items,
  align = 'end',
  label,
}: {
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: 'start' | 'end';
  label?: string;
}) {
  return (
    <M.Root modal={false}>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal>
        <M.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className={cx(floatLook, 'min-w-56 p-1')}
        >
          {items.map((item, index) => (
            <MenuLine key={index} item={item} />
          ))}
        </M.Content>
      </M.Portal>
    </M.Root>
  );
}

function MenuLine({ item }: { item: MenuItem }) {
  if ('separator' in item) return <M.Separator className="my-1 h-px bg-line" />;
  if ('heading' in item) return <M.Label className="px-2 py-1.5 text-caption text-muted">{item.heading}</M.Label>;
  return (
    <M.Item
      onSelect={item.onSelect}
      disabled={item.disabled}
      data-testid={item.testId}
      className={cx(itemLook, item.destructive && 'text-bad')}
    >
      {item.icon && <Icon of={item.icon} className={item.destructive ? undefined : 'text-muted'} />}
      <span className="flex-1">{item.label}</span>
      {item.checked && <Icon of={Check} />}
      {item.keys && <Kbd keys={item.keys} />}
    </M.Item>
  );
}
