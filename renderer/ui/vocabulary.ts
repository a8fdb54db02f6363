import {
  Archive,
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  Clock,
  Eye,
  LogOut,
  PencilLine,
  Receipt,
  Undo2,
} from 'lucide-react';
import type { Tone } from './badge.tsx';
import type { LucideIcon } from './icon.tsx';

type Word = { tone: Tone; icon: LucideIcon };

/** Every status that is shown anywhere, once: tone and icon here, its word in locales/en/status.json. */
export const vocabulary = {
  lms: {
    active: { tone: 'ok', icon: CircleCheck },
    inactive: { tone: 'warn', icon: Clock },
    suspended: { tone: 'bad', icon: Ban },
    dropout: { tone: 'off', icon: LogOut },
    complete: { tone: 'info', icon: CircleCheck },
    refunded: { tone: 'off', icon: Undo2 },
  },
  submission: {
    todo: { tone: 'warn', icon: CircleDashed },
    pending: { tone: 'info', icon: Eye },
    declined: { tone: 'bad', icon: PencilLine },
    approved: { tone: 'ok', icon: CircleCheck },
    withdrawn: { tone: 'off', icon: Undo2 },
  },
  invoice: {
    scheduled: { tone: 'off', icon: CalendarClock },
    pending: { tone: 'info', icon: Receipt },
    due: { tone: 'bad', icon: CircleAlert },
    paid: { tone: 'ok', icon: CircleCheck },
    cancelled: { tone: 'off', icon: Ban },
    refunded: { tone: 'off', icon: Undo2 },
  },
  enrolment: {
    active: { tone: 'ok', icon: CircleCheck },
    completed: { tone: 'info', icon: CircleCheck },
    paused: { tone: 'off', icon: CirclePause },
    cancelled: { tone: 'off', icon: Ban },
  },
  batch: {
    draft: { tone: 'off', icon: CircleDashed },
    active: { tone: 'ok', icon: CircleCheck },
    completed: { tone: 'info', icon: Archive },
  },
} as const satisfies Record<string, Record<string, Word>>;

export type StatusKind = keyof typeof vocabulary;
export type StatusValue<K extends StatusKind> = keyof (typeof vocabulary)[K] & string;
