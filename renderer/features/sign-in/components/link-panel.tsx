import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../../../platform/index.ts';
import { Button, Notice } from '../../../ui/index.ts';
import type { ArrivingLink } from '../arriving-link.ts';
import { meaningOf, type Meaning } from '../sign-in-answer.ts';
import { AnswerNotice } from './answer-notice.tsx';

/** The link of a mail. It is used by a press of a button, so that a program that looks at links in mails does not use it up. */
export function LinkPanel({ link, onDone }: { link: Exclude<ArrivingLink, { kind: 'setUp' }>; onDone: () => void }) {
  const { t } = useTranslation('sign-in');
  const [busy, setBusy] = useState(false);
  const [isHalf, setIsHalf] = useState(false);
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const words =
    link.type === 'invite' || link.type === 'recovery' || link.type === 'email_change' ? link.type : 'magiclink';
  const follow = async (): Promise<void> => {
    setBusy(true);
    setMeaning(null);
    const { type } = link;
    const proof =
      link.kind === 'mail'
        ? ({ by: 'link', type, token: link.token } as const)
        : ({ by: 'tokens', type, tokens: link.tokens } as const);
    const answer = await session
      .getState()
      .signInBy(proof)
      .finally(() => setBusy(false));
    if (answer.ok || answer.code === 'next_step') return onDone();
    if (answer.code === 'half_confirmed') return setIsHalf(true);
    setMeaning(meaningOf(answer));
  };
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h1 className="text-title">{t(`links.${words}.title`)}</h1>
        <p className="mt-1 text-muted">{t(`links.${words}.lead`)}</p>
      </div>
      <AnswerNotice meaning={meaning} />
      {isHalf ? (
        <div role="status">
          <Notice tone="ok" icon={MailCheck}>
            {t('links.half')}
          </Notice>
        </div>
      ) : (
        <Button variant="primary" busy={busy} onClick={() => void follow()} data-testid="btn-follow-link">
          {t(`links.${words}.submit`)}
        </Button>
      )}
      <Button variant="ghost" onClick={onDone} data-testid="btn-leave-link">
        {t('links.leave')}
      </Button>
    </div>
  );
}
