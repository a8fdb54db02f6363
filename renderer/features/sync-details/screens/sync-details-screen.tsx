import { useTranslation } from 'react-i18next';
import { useHeldWork, usePending, useProblems, type Problem } from '../../../data/index.ts';
import { Page, PageHeader, Section } from '../../../ui/index.ts';
import { ConflictView } from '../components/conflict-view.tsx';
import { DeviceCard } from '../components/device-card.tsx';
import { KeptWork } from '../components/kept-work.tsx';
import { ProblemCard } from '../components/problem-card.tsx';
import { QueueTable } from '../components/queue-table.tsx';
import { SecondVerdict } from '../components/second-verdict.tsx';
import { StateCard } from '../components/state-card.tsx';

/** A verdict that came second is compared with the one that stands; everything else is a conflict or a refusal. */
function viewOf({ kind, type, code }: Problem) {
  if (type === 'submission_reviews' && (code === 'already_reviewed' || code === 'stale')) return SecondVerdict;
  return kind === 'conflict' ? ConflictView : ProblemCard;
}

/** S20. What this device has still to send, what needs a person, and how it stands with the server. */
export default function SyncDetailsScreen() {
  const { t } = useTranslation('sync-details');
  const pending = usePending();
  const problems = useProblems();
  const held = useHeldWork();
  return (
    <Page>
      <PageHeader title={t('title')} />
      <StateCard />
      {held && (
        <Section title={t('kept.title', { count: held.pieces })}>
          <KeptWork />
        </Section>
      )}
      {problems.length > 0 && (
        <Section title={t('problems', { count: problems.length })}>
          <div className="flex flex-col gap-4">
            {problems.map((problem) => {
              const View = viewOf(problem);
              return <View key={problem.key} problem={problem} />;
            })}
          </div>
        </Section>
      )}
      <Section title={pending.length > 0 ? t('queue.titleCount', { count: pending.length }) : t('queue.title')}>
        <QueueTable />
      </Section>
      <Section title={t('device.title')}>
        <DeviceCard />
      </Section>
    </Page>
  );
}
