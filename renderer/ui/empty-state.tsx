import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon, type LucideIcon } from './icon.tsx';

/** Nothing here: an icon, one sentence of what will appear, one button if the user can act. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx('flex flex-col items-center px-6 py-12 text-center', className)}>
      <span className="mb-3 flex size-12 items-center justify-center rounded-full bg-subtle text-muted">
        <Icon of={icon} size={24} />
      </span>
      <p className="font-medium">{title}</p>
      {children && <p className="mt-1 max-w-[46ch] text-muted text-pretty">{children}</p>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
