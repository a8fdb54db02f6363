import { Bell, RefreshCw, UserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useReplica, useRow, useRows, useSyncState } from '../../../data/index.ts';
import { paths } from '../../../platform/links.ts';
import { Card, Icon, Page, PageHeader, Section, TimeText, type LucideIcon } from '../../../ui/index.ts';
import { AcademyFacts } from '../components/academy-facts.tsx';

/** Home of the roles whose own screens come later: what they can do now, and nothing that leads nowhere. */
export default function StaffHomeScreen() {
  const { t } = useTranslation('home');
  const { actor } = useReplica();
  const me = useRow('users', actor.id);
  const settings = useRows('company_settings')?.[0];
  const unread = useRows('notifications', { read_at: null, dismissed_at: null })?.length ?? 0;
  const state = useSyncState();
  return (
    <Page>
      <PageHeader
        title={t('title')}
        lead={
          me
            ? t('staff.lead', {
                name: me.full_name,
                role: t(`staff.roles.${actor.role}`),
                company: settings?.company_name ?? '',
              })
            : undefined
        }
      />
      <Section title={t('staff.now')}>
        <Card padded={false}>
          <ul className="divide-y divide-line">
            <Entry
              to={paths.notifications}
              icon={Bell}
              label={t('staff.notifications')}
              note={unread ? t('staff.unread', { count: unread }) : t('staff.noUnread')}
            />
            <Entry to={paths.profile} icon={UserRound} label={t('staff.profile')} note={t('staff.profileNote')} />
            <Entry
              to={paths.sync}
              icon={RefreshCw}
              label={t('staff.sync')}
              note={
                <>
                  {t('device.last')} <TimeText at={state.lastSyncAt} />
                </>
              }
            />
          </ul>
        </Card>
      </Section>
      <AcademyFacts />
    </Page>
  );
}

function Entry({ to, icon, label, note }: { to: string; icon: LucideIcon; label: string; note: React.ReactNode }) {
  return (
    <li>
      <Link to={to} className="flex items-center gap-4 px-4 py-3 no-underline transition-colors hover:bg-subtle">
        <span className="flex size-9 items-center justify-center rounded-full bg-subtle text-muted">
          <Icon of={icon} size={20} />
        </span>
        <span>
          <span className="block font-medium">{label}</span>
          <span className="block text-dense text-muted">{note}</span>
        </span>
      </Link>
    </li>
  );
}
