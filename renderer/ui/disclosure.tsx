import { ChevronRight } from 'lucide-react';
import { Collapsible as C } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

/** A heading that folds what stands under it. */
export function Disclosure({
  title,
  aside,
  open,
  onOpenChange,
  defaultOpen,
  children,
  className,
  testId,
}: {
  title: ReactNode;
  aside?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  defaultOpen?: boolean;
  children: ReactNode;
  className?: string;
  testId?: string;
}) {
  return (
    <C.Root
      open={open}
      onOpenChange={onOpenChange}
      defaultOpen={defaultOpen}
      className={className}
      data-testid={testId}
    >
      <C.Trigger className="group flex min-h-11 w-full items-center gap-2 rounded-control px-2 text-start hover:bg-subtle">
        <Icon
          of={ChevronRight}
          className={cx(
            'text-muted transition-transform duration-[120ms] group-data-[state=open]:rotate-90 rtl:rotate-180',
          )}
        />
        <span className="min-w-0 flex-1">{title}</span>
        {aside && <span className="text-dense text-muted">{aside}</span>}
      </C.Trigger>
      <C.Content>{children}</C.Content>
    </C.Root>
  );
}
