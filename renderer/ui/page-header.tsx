import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { useNamePage, type Crumb } from './page-title.ts';

/** The top of a page: title (a noun), count, filters, one primary action. It also names the page for the breadcrumb. */
export function PageHeader({
  title,
  parents,
  count,
  lead,
  actions,
  children,
  className,
}: {
  title: string;
  /** The way here, for the breadcrumb. */
  parents?: readonly Crumb[];
  count?: number;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Filters and search, under the title. */
  children?: ReactNode;
  className?: string;
}) {
  useNamePage(title, parents);
  return (
    <header className={cx('mb-6', className)}>
      <div className="flex min-h-9 flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-title" dir="auto">
            {title}
            {count !== undefined && <span className="ms-2 text-section font-normal text-muted tabular">{count}</span>}
          </h1>
          {lead && <p className="mt-1 max-w-[70ch] text-muted">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children && <div className="mt-4 flex flex-wrap items-center gap-3">{children}</div>}
    </header>
  );
}

/** The page's own padding and reading width; `wide` for tables. */
export function Page({
  wide = false,
  children,
  className,
}: {
  wide?: boolean;
  children: ReactNode;
  className?: string;
}) {
  return <div className={cx('mx-auto w-full p-6', wide ? '' : 'max-w-[1040px]', className)}>{children}</div>;
}
