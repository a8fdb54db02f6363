import { FileCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Card,
  Disclosure,
  EmptyState,
  Loading,
  Page,
  PageHeader,
  SearchField,
  Skeleton,
  Tabs,
} from '../../../ui/index.ts';
import { WorkRow } from '../components/work-row.tsx';
import { useWork } from '../queries.ts';
import { unfinished, type WorkEntry } from '../work-list.ts';

type Tab = 'todo' | 'done';

/** What work is asked and where it stands (S5). */
export default function AssignmentsScreen() {
  const { t } = useTranslation('assignments');
  const work = useWork();
  const [tab, setTab] = useState<Tab>('todo');
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = (work ?? []).filter(
    ({ assignment, entry }) =>
      wanted === '' ||
      [assignment.name, assignment.description ?? '', entry.lesson.recording_title].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
  );
  const done = found.filter((entry) => entry.status === 'approved');
  const open = unfinished(found);
  const later = found.filter((entry) => !entry.open);
  return (
    <Page>
      <PageHeader title={t('title')} />
      <Loading when={work === undefined} skeleton={<Skeleton className="h-64 w-full rounded-card" />}>
        <Tabs<Tab>
          label={t('title')}
          value={tab}
          onChange={setTab}
          aside={<SearchField label={t('search')} value={search} onChange={setSearch} className="mb-2" />}
          items={[
            {
              value: 'todo',
              label: t('tabs.todo'),
              count: open.length,
              content: (
                <>
                  {open.length > 0 ? (
                    <WorkRows entries={open} />
                  ) : (
                    <EmptyState icon={FileCheck} title={wanted ? t('noMatch') : t('upToDate')}>
                      {!wanted && later.length > 0 && t('upToDateText')}
                    </EmptyState>
                  )}
                  {later.length > 0 && (
                    <Disclosure
                      className="mt-6"
                      title={<span className="font-medium">{t('later')}</span>}
                      aside={<span className="tabular">{later.length}</span>}
                    >
                      <WorkRows entries={later} />
                    </Disclosure>
                  )}
                </>
              ),
            },
            {
              value: 'done',
              label: t('tabs.done'),
              count: done.length,
              content:
                done.length > 0 ? (
                  <WorkRows entries={done} />
                ) : (
                  <EmptyState icon={FileCheck} title={wanted ? t('noMatch') : t('noneDone')} />
                ),
            },
          ]}
        />
      </Loading>
    </Page>
  );
}

function WorkRows({ entries }: { entries: readonly WorkEntry[] }) {
  return (
    <Card padded={false} className="overflow-hidden">
      <ul className="divide-y divide-line">
        {entries.map((entry) => (
          <WorkRow key={entry.assignment.id} work={entry} />
        ))}
      </ul>
    </Card>
  );
}
