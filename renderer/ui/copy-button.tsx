import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from './announce.tsx';
import { Button, type ButtonProps } from './button.tsx';
import { toast } from './toast.tsx';

/** Puts a text on the clipboard and says so for two seconds. */
export function CopyButton({
  text,
  label,
  ...rest
}: { text: string; label: string } & Omit<ButtonProps, 'onClick' | 'children'>) {
  const { t } = useTranslation('ui');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(t('copied'));
    } catch {
      toast.failed(t('copyFailed'));
    }
  };
  return (
    <Button size="sm" icon={copied ? Check : Copy} data-testid="btn-copy" {...rest} onClick={() => void copy()}>
      {copied ? t('copied') : label}
    </Button>
  );
}
