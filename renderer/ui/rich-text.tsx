import { ExternalLink } from 'lucide-react';
import Markdown, { type Components } from 'react-markdown';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

const safeSchemes = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The address if a click may follow it, else null: only http(s), mailto and tel. */
export const safeHref = (href: string | undefined): string | null => {
  if (!href) return null;
  try {
    const url = new URL(href);
    return safeSchemes.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
};

/** A link out of the app: opens in the browser and shows its host. */
export function ExternalAnchor({ href, children }: { href: string | undefined; children?: React.ReactNode }) {
  const safe = safeHref(href);
  if (!safe) return <span>{children}</span>;
  const host = safe.startsWith('http') ? new URL(safe).host : null;
  return (
    <a
      href={safe}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={safe}
      className="break-words text-primary-ink underline underline-offset-2"
    >
      {children}
      {host && <span className="sr-only"> ({host})</span>}
      {host && <Icon of={ExternalLink} size={14} className="ms-0.5 inline align-[-2px]" />}
    </a>
  );
}

const parts: Components = {
  a: ({ href, children }) => <ExternalAnchor href={href}>{children}</ExternalAnchor>,
  // A picture in somebody's text would fetch from anywhere: its description stands instead.
  img: ({ alt }) => <span className="text-muted">{alt}</span>,
  h1: ({ children }) => <h3 className="text-section">{children}</h3>,
  h2: ({ children }) => <h3 className="text-section">{children}</h3>,
  h3: ({ children }) => <h4 className="text-reading">{children}</h4>,
  pre: ({ children }) => (
    <pre tabIndex={0} className="overflow-x-auto rounded-control bg-subtle p-3 font-mono text-dense">
      {children}
    </pre>
  ),
};

/** Markdown as people wrote it, without HTML and with links that are safe to click. */
export function RichText({ text, className }: { text: string; className?: string }) {
  return (
    <div
      dir="auto"
      className={cx(
        'max-w-[70ch] text-reading break-words [&_blockquote]:border-s-2 [&_blockquote]:ps-3 [&_blockquote]:text-muted [&_code]:font-mono [&_code]:text-[0.9em] [&_li]:mt-1 [&_ol]:list-decimal [&_ol]:ps-6 [&_ul]:list-disc [&_ul]:ps-6',
        '[&>*+*]:mt-3',
        className,
      )}
    >
      <Markdown components={parts} skipHtml>
        {text}
      </Markdown>
    </div>
  );
}
