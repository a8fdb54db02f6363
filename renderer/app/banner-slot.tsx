import { CalendarX, Clock, Lock, Megaphone, PackageOpen, RefreshCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { useHeldWork, useReplica, useRow, useRows, useSyncState } from '../data/index.ts';
import { desktop, useSession } from '../platform/index.ts';
import { paths } from '../platform/links.ts';
import { Banner, Button, formatDate, useNow, type Tone } from '../ui/index.ts';
import { readAnnouncement } from './announcement.ts';
import { ReauthDialog } from './reauth-dialog.tsx';

const skewLimit = 5 * 60_000;

/**
 * One banner at a time: session expired, an update is needed, work kept through a wipe, account limited, changes that need
 * attention, clock, announcement.
 */
export function BannerSlot() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const state = useSyncState();
  const now = useNow();
  const replica = useReplica();
  const held = useHeldWork();
  const me = useRow('users', replica.actor.id);
  const settings = useRows('company_settings')?.[0];
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [signingIn, setSigningIn] = useState(false);
  const [dismissed, setDismissed] = useState<string | null>(null);

  if (session.state === 'expired' || state.status === 'expired') {
    return (
      <>
        <Banner
          tone="warn"
          icon={Lock}
          testId="banner-expired"
          action={
            <Button size="sm" onClick={() => setSigningIn(true)} data-testid="btn-sign-in-again">
              {t('banner.signIn')}
            </Button>
          }
        >
          {state.waiting > 0 ? t('banner.expiredWaiting', { count: state.waiting }) : t('banner.expired')}
        </Banner>
        <ReauthDialog open={signingIn} onOpenChange={setSigningIn} />
      </>
    );
  }
  if (state.outdated) {
    // A page that is loaded anew is the newest one; an app on the computer is updated outside of itself.
    const mayReload = state.outdated === 'app' && !desktop;
    return (
      <Banner
        tone="warn"
        icon={RefreshCw}
        testId="banner-update"
        action={
          mayReload && (
            <Button size="sm" onClick={() => window.location.reload()} data-testid="btn-load-new-version">
              {t('banner.outdated.reload')}
            </Button>
          )
        }
      >
        {t(`banner.outdated.${state.outdated}`)}
      </Banner>
    );
  }
  if (held && pathname !== paths.sync) {
    return (
      <Banner
        tone="info"
        icon={PackageOpen}
        testId="banner-kept"
        action={
          <Button size="sm" onClick={() => void navigate(paths.sync)} data-testid="btn-review-kept">
            {t('banner.reviewKept')}
          </Button>
        }
      >
        {t('banner.kept', { count: held.pieces })}
      </Banner>
    );
  }
  if (me && replica.actor.role === 'student' && (me.lms_status === 'inactive' || me.lms_status === 'suspended')) {
    const cause = me.lms_status_reason ?? 'unpaid';
    return (
      <Banner tone="bad" icon={CalendarX} testId="banner-limited">
        {t(`banner.limited.${cause}`)}{' '}
        {settings?.contact_email ? t('banner.contact', { email: settings.contact_email }) : ''}
      </Banner>
    );
  }
  if (state.leaseUntil && state.leaseUntil <= now) {
    return (
      <Banner tone="warn" icon={Lock} testId="banner-lease">
        {t('banner.lease', { date: formatDate(state.leaseUntil) })}
      </Banner>
    );
  }
  if (state.problems > 0 && pathname !== paths.sync) {
    return (
      <Banner
        tone="bad"
        icon={TriangleAlert}
        testId="banner-problem"
        action={
          <Button size="sm" onClick={() => void navigate(paths.sync)} data-testid="btn-review-problems">
            {t('banner.review')}
          </Button>
        }
      >
        {t('banner.problem', { count: state.problems })}
      </Banner>
    );
  }
  if (state.clockSkewMs !== null && Math.abs(state.clockSkewMs) > skewLimit) {
    const minutes = Math.round(Math.abs(state.clockSkewMs) / 60_000);
    const far =
      minutes < 90 ? t('banner.minutes', { count: minutes }) : t('banner.hours', { count: Math.round(minutes / 60) });
    return (
      <Banner tone="warn" icon={Clock} testId="banner-clock">
        {t(state.clockSkewMs > 0 ? 'banner.clockAhead' : 'banner.clockBehind', { far })}
      </Banner>
    );
  }
  const announcement = readAnnouncement(settings?.announcement_banner ?? null, now);
  if (announcement && announcement.message !== dismissed) {
    const tone: Tone = announcement.tone;
    return (
      <Banner
        tone={tone}
        icon={Megaphone}
        testId="banner-announcement"
        onDismiss={announcement.dismissible ? () => setDismissed(announcement.message) : undefined}
      >
        {announcement.message}
      </Banner>
    );
  }
  return null;
}
