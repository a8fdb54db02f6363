import { Compass, LockKeyhole } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useRevalidator, useRouteError } from 'react-router';
import { useReplica } from '../data/index.ts';
import { buttonLook, EmptyState, ErrorPanel, Page, useNamePage } from '../ui/index.ts';
import { landing } from './screen-route.ts';

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : typeof error === 'string' ? error : 'unknown error';

/** A screen that failed, in its own place: the shell around it lives on. */
export function RouteError() {
  const { t } = useTranslation('shell');
  const error = useRouteError();
  const { revalidate } = useRevalidator();
  useNamePage(t('failed.title'));
  const details = [describe(error), new Date().toISOString(), window.location.hash].join('\n');
  return (
    <Page>
      <h1 className="sr-only">{t('failed.title')}</h1>
      <ErrorPanel title={t('failed.title')} onRetry={() => void revalidate()} details={details}>
        {t('failed.text')}
      </ErrorPanel>
    </Page>
  );
}

function GoHome() {
  const { t } = useTranslation('shell');
  const { actor } = useReplica();
  return (
    <Link to={landing[actor.role]} className={`${buttonLook('primary', 'md')} no-underline`} data-testid="btn-go-home">
      {t('goHome')}
    </Link>
  );
}

/** Nothing about the page leaks: not its title, not its code. */
export function NoAccess() {
  const { t } = useTranslation('shell');
  useNamePage(t('noAccess.short'));
  return (
    <Page>
      <h1 className="sr-only">{t('noAccess.title')}</h1>
      <EmptyState icon={LockKeyhole} title={t('noAccess.title')} action={<GoHome />}>
        {t('noAccess.text')}
      </EmptyState>
    </Page>
  );
}

export function NotFound() {
  const { t } = useTranslation('shell');
  useNamePage(t('notFound.short'));
  return (
    <Page>
      <h1 className="sr-only">{t('notFound.title')}</h1>
      <EmptyState icon={Compass} title={t('notFound.title')} action={<GoHome />}>
        {t('notFound.text')}
      </EmptyState>
    </Page>
  );
}
