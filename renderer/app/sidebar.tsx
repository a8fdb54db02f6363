import { Keyboard } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useMatch } from 'react-router';
import type { Role } from '#contract/roles.ts';
import { cx, Icon, Tooltip } from '../ui/index.ts';
import { BrandMark, useCompanyName } from './brand.tsx';
import { navOf, navTestId, type ScreenRoute } from './screen-route.ts';
import { useScreens } from './screens-context.tsx';

/** Navigation of this role, from the table of screens; as a rail only the icons with tooltips. */
export function Sidebar({ role, rail, onHelp }: { role: Role; rail: boolean; onHelp: () => void }) {
  const { t } = useTranslation('shell');
  const company = useCompanyName();
  const groups = navOf(useScreens(), role);
  return (
    <nav
      aria-label={t('navigation')}
      className={cx('flex shrink-0 flex-col border-e bg-surface', rail ? 'w-14' : 'w-[232px]')}
    >
      <div className={cx('flex h-13 shrink-0 items-center gap-2.5', rail ? 'justify-center' : 'px-4')}>
        <BrandMark name={company} />
        {!rail && (
          <span className="clip-line font-semibold" dir="auto">
            {company}
          </span>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {groups.map(({ group, screens }) => (
          <div
            key={group}
            role="group"
            aria-label={t(`groups.${group}`)}
            className={cx('mt-4 first:mt-1', rail && 'border-t pt-2 first:border-0 first:pt-0 mt-2!')}
          >
            {!rail && <p className="px-2 pb-1 text-caption font-medium text-muted">{t(`groups.${group}`)}</p>}
            {screens.map((screen) => (
              <NavEntry key={screen.path} screen={screen} rail={rail} />
            ))}
          </div>
        ))}
      </div>
      <div className="border-t p-2">
        <Tooltip text={rail ? t('help') : null} side="right">
          <button
            type="button"
            onClick={onHelp}
            aria-label={rail ? t('help') : undefined}
            data-testid="btn-help"
            className={cx(
              'flex h-9 w-full items-center gap-2.5 rounded-control text-muted hover:bg-subtle hover:text-ink',
              rail ? 'justify-center' : 'px-2',
            )}
          >
            <Icon of={Keyboard} size={20} />
            {!rail && t('help')}
          </button>
        </Tooltip>
      </div>
    </nav>
  );
}

function NavEntry({ screen, rail }: { screen: ScreenRoute; rail: boolean }) {
  const { t } = useTranslation('shell');
  const label = t(`screens.${screen.id}`);
  // A home lies above its group's other screens (`/mentor`, `/mentor/reviews`): it is current only on itself.
  const isActive = useMatch({ path: screen.path, end: screen.nav?.order === 0 }) !== null;
  return (
    <Tooltip text={rail ? label : null} side="right">
      <Link
        to={screen.path}
        aria-current={isActive ? 'page' : undefined}
        data-testid={navTestId(screen)}
        aria-label={rail ? label : undefined}
        className={cx(
          'relative mt-0.5 flex h-9 items-center gap-2.5 rounded-control no-underline transition-colors duration-[120ms]',
          rail ? 'justify-center' : 'px-2',
          isActive ? 'bg-primary-soft font-medium text-primary-ink' : 'text-muted hover:bg-subtle hover:text-ink',
        )}
      >
        <Icon of={screen.icon} size={20} />
        {!rail && <span className="clip-line flex-1">{label}</span>}
        {screen.nav?.useCount && <NavCount useCount={screen.nav.useCount} rail={rail} />}
      </Link>
    </Tooltip>
  );
}

function NavCount({ useCount, rail }: { useCount: () => number; rail: boolean }) {
  const count = useCount();
  if (count === 0) return null;
  return (
    <span
      data-testid="nav-count"
      className={cx(
        'flex items-center justify-center rounded-full text-caption font-medium tabular',
        rail ? 'absolute end-0.5 top-0.5 size-2 bg-primary' : 'h-5 min-w-5 bg-off-soft px-1.5 text-off',
      )}
    >
      {!rail && count}
    </span>
  );
}
