import { LoaderCircle } from 'lucide-react';
import { Icon } from './icon.tsx';

/** A turning ring for work in progress; it says nothing to a screen reader, the words beside it do. */
export function Spinner({ size = 16 }: { size?: 14 | 16 | 20 }) {
  return <Icon of={LoaderCircle} size={size} className="animate-spin" />;
}
