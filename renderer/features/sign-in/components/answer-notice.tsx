import { Ban, CircleAlert, WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../../ui/index.ts';
import type { Meaning } from '../sign-in-answer.ts';

/** What the server said to a proof or a step, above the fields. */
export function AnswerNotice({ meaning }: { meaning: Meaning | null }) {
  const { t } = useTranslation('sign-in');
  if (!meaning) return null;
  return (
    <div role="alert" data-testid="sign-in-message" data-kind={meaning.kind}>
      <Notice
        tone={meaning.kind === 'network' ? 'off' : 'bad'}
        icon={meaning.kind === 'network' ? WifiOff : meaning.kind === 'blocked' ? Ban : CircleAlert}
      >
        {meaning.kind === 'busy' ? t('answers.busy', { count: meaning.seconds }) : t(`answers.${meaning.kind}`)}
      </Notice>
    </div>
  );
}
