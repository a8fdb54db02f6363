import { ChevronLeft, ChevronRight, PanelLeft, Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Icon, IconButton, Kbd } from '../ui/index.ts';
import { AvatarMenu } from './avatar-menu.tsx';
import { Bell } from './bell.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { SyncPill } from './sync-pill.tsx';

/** The top of the window: back and forward, where one is, search, sync, bell, account. */
export function TitleBar(props: {
  onToggleSidebar: () => void;
  onSearch: () => void;
  onShortcuts: () => void;
  bellOpen: boolean;
  onBell: (open: boolean) => void;
}) {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  return (
    <header data-frame className="flex h-13 shrink-0 items-center gap-2 border-b bg-surface px-3">
      <div className="flex items-center">
        <IconButton
          icon={PanelLeft}
          label={t('toggleSidebar')}
          keys="mod+b"
          onClick={props.onToggleSidebar}
          data-testid="btn-sidebar"
        />
        <IconButton
          icon={ChevronLeft}
          label={t('back')}
          keys="alt+left"
          onClick={() => void navigate(-1)}
          data-testid="btn-back"
          className="rtl:rotate-180"
        />
        <IconButton
          icon={ChevronRight}
          label={t('forward')}
          keys="alt+right"
          onClick={() => void navigate(1)}
          data-testid="btn-forward"
          className="rtl:rotate-180"
        />
      </div>
      <Breadcrumb />
      <button
        type="button"
        onClick={props.onSearch}
        data-testid="btn-search"
        aria-keyshortcuts="Control+K"
        className="flex h-8 w-8 shrink-0 items-center justify-center gap-2 rounded-control border bg-canvas min-[820px]:w-52 min-[820px]:justify-start min-[820px]:px-2.5 text-dense text-muted transition-colors duration-[120ms] hover:border-control hover:text-ink"
      >
        <Icon of={Search} />
        <span className="sr-only flex-1 text-start min-[820px]:not-sr-only">{t('search')}</span>
        <span className="hidden min-[820px]:inline">
          <Kbd keys="mod+k" />
        </span>
      </button>
      <SyncPill />
      <Bell open={props.bellOpen} onOpenChange={props.onBell} />
      <AvatarMenu onShortcuts={props.onShortcuts} />
    </header>
  );
}
