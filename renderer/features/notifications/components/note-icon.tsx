import { Bell, CalendarClock, FileCheck, LockOpen, MessageSquare, Receipt, ShieldAlert, LifeBuoy } from 'lucide-react';
import { Icon, type LucideIcon } from '../../../ui/index.ts';

const byKey: [RegExp, LucideIcon][] = [
  [/unlock|opened/, LockOpen],
  [/submission|assignment|review/, FileCheck],
  [/invoice|payment|fee|refund|financial/, Receipt],
  [/session/, CalendarClock],
  [/message/, MessageSquare],
  [/ticket/, LifeBuoy],
  [/device|suspend|security/, ShieldAlert],
];

/** A drawing for the kind of news. */
export function NoteIcon({ kind }: { kind: string }) {
  const drawing = byKey.find(([pattern]) => pattern.test(kind))?.[1] ?? Bell;
  return (
    <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-subtle text-muted group-hover:bg-surface">
      <Icon of={drawing} />
    </span>
  );
}
