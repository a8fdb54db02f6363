import type { ReactNode } from 'react';
import { Avatar } from './avatar.tsx';

/** A person in a list: initials, name, a second muted line. */
export function PersonCell({
  name,
  detail,
  src,
  size = 'md',
}: {
  name: string;
  detail?: ReactNode;
  src?: string | null;
  size?: 'sm' | 'md' | 'lg';
}) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Avatar name={name} src={src} size={size} />
      <span className="min-w-0">
        <span dir="auto" className="block clip-line font-medium">
          {name}
        </span>
        {detail && <span className="block clip-line text-dense text-muted">{detail}</span>}
      </span>
    </span>
  );
}
