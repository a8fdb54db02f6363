import { ChevronRight } from 'lucide-react';
import { Fragment, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Icon, usePageTitle } from '../ui/index.ts';
import { useCompanyName } from './brand.tsx';

/** Where the page stands; also keeps the window's title. */
export function Breadcrumb() {
  const { t } = useTranslation('shell');
  const { title, parents } = usePageTitle();
  const company = useCompanyName();
  useEffect(() => {
    document.title = title ? `${title} · ${company}` : company;
  }, [title, company]);
  return (
    <nav aria-label={t('breadcrumb')} className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1.5 text-dense">
        {parents.map((crumb) => (
          <Fragment key={crumb.label}>
            <li className="clip-line max-w-64 shrink text-muted" dir="auto">
              {crumb.to ? (
                <Link to={crumb.to} className="rounded-[4px] no-underline hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
              ) : (
                crumb.label
              )}
            </li>
            <li aria-hidden="true" className="text-muted">
              <Icon of={ChevronRight} size={14} className="rtl:rotate-180" />
            </li>
          </Fragment>
        ))}
        <li aria-current="page" className="clip-line font-medium" dir="auto">
          {title}
        </li>
      </ol>
    </nav>
  );
}
