import { useTranslation } from 'react-i18next';
import { useReplica, useRow, useRows } from '../../../data/index.ts';
import { useSession } from '../../../platform/index.ts';
import {
  Card,
  Facts,
  Loading,
  Page,
  PageHeader,
  PersonCell,
  Section,
  Skeleton,
  StatusBadge,
  TimeText,
} from '../../../ui/index.ts';
import { DeviceList } from '../components/device-list.tsx';
import { EmailCard } from '../components/email-card.tsx';
import { PasswordCard } from '../components/password-card.tsx';
import { ProfileForm } from '../components/profile-form.tsx';
import { SecondStepCard } from '../components/second-step-card.tsx';
import { SessionList } from '../components/session-list.tsx';

/** S18. Name and phone can be changed offline; the rest is the academy's to change. */
export default function ProfileScreen() {
  const { t } = useTranslation('profile');
  const { actor } = useReplica();
  const me = useRow('users', actor.id);
  const session = useSession();
  return (
    <Page className="max-w-[820px]!">
      <PageHeader title={t('title')} />
      <Loading when={me === undefined} skeleton={<Skeleton className="h-72 rounded-card" />}>
        {me && (
          <>
            <Card className="p-6">
              <PersonCell name={me.full_name} detail={t(`roles.${actor.role}`)} size="lg" />
              <ProfileForm key={me.id} me={me} />
            </Card>
            <Section title={t('facts.title')}>
              <Card className="p-6">
                <Facts
                  items={[
                    { label: t('facts.email'), value: session.user?.email ?? me.email },
                    ...(actor.role === 'student'
                      ? [{ label: t('facts.status'), value: <StatusBadge kind="lms" value={me.lms_status} /> }]
                      : []),
                  ]}
                />
                {actor.role === 'student' && <StudentFacts />}
                <p className="mt-4 border-t pt-3 text-dense text-muted">{t('facts.help')}</p>
              </Card>
            </Section>
          </>
        )}
      </Loading>
      <PasswordCard />
      <SecondStepCard />
      <EmailCard />
      <SessionList />
      <DeviceList />
    </Page>
  );
}

function StudentFacts() {
  const { t } = useTranslation('profile');
  const { actor } = useReplica();
  const student = useRow('students', actor.id);
  const enrolments = useRows('course_enrollments', { student_id: actor.id }) ?? [];
  const batches = useRows('batches') ?? [];
  const assignments = useRows('student_mentor_assignments', { student_id: actor.id, ended_at: null }) ?? [];
  const mentors = useRows('mentors') ?? [];
  const batchNames = enrolments.map((one) => batches.find((batch) => batch.id === one.batch_id)?.name).filter(Boolean);
  const mentorNames = assignments
    .toSorted((a, b) => Number(b.is_primary) - Number(a.is_primary))
    .map((one) => mentors.find((mentor) => mentor.id === one.mentor_id)?.display_name)
    .filter(Boolean);
  const ends = enrolments
    .map((one) => one.access_expires_at)
    .filter((end) => end !== null)
    .toSorted()
    .at(-1);
  return (
    <Facts
      className="mt-2"
      items={[
        { label: t('facts.number'), value: student?.student_number },
        { label: t('facts.batch'), value: [...new Set(batchNames)].join(', ') || undefined },
        { label: t('facts.mentor'), value: [...new Set(mentorNames)].join(', ') || undefined },
        { label: t('facts.accessEnds'), value: ends ? <TimeText at={ends} style="date" /> : t('facts.noEnd') },
      ]}
    />
  );
}
