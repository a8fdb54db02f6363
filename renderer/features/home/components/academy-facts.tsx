import { useTranslation } from 'react-i18next';
import { useRows } from '../../../data/index.ts';
import { Card, Facts, Section } from '../../../ui/index.ts';

/** The academy as this person's device knows it: whom and what it may see, counted. */
export function AcademyFacts() {
  const { t } = useTranslation('home');
  const settings = useRows('company_settings')?.[0];
  const students = useRows('users', { role: 'student' });
  const mentors = useRows('users', { role: 'mentor' });
  const courses = useRows('courses', { is_active: true });
  if (!settings || !students || !mentors || !courses) return null;
  const active = students.filter((student) => student.lms_status === 'active').length;
  return (
    <Section title={settings.company_name}>
      <Card>
        <Facts
          items={[
            { label: t('academy.students'), value: t('academy.ofWhichActive', { count: students.length, active }) },
            { label: t('academy.mentors'), value: mentors.length },
            { label: t('academy.courses'), value: courses.length },
            { label: t('academy.contact'), value: settings.contact_email },
          ]}
        />
      </Card>
    </Section>
  );
}
