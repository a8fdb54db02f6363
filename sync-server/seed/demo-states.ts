/** Where a student of the demo academy stands; together they show every state a screen can meet. */
export type DemoState = {
  name: string;
  /** Days since enrolment, from … to. */
  enrolledDaysAgo: readonly [number, number];
  /** Share of the course that is done, from … to. */
  done: readonly [number, number];
  /** What lies on the desk after that. */
  ends: 'nothing' | 'partly watched' | 'pending' | 'declined' | 'resubmitted' | 'withdrawn' | 'complete';
  money: 'paid' | 'overdue' | 'unpaid' | 'never paid' | 'refunded';
  lms_status: 'inactive' | 'active' | 'suspended' | 'complete' | 'dropout' | 'refunded';
  cause?: 'overdue' | 'unpaid' | 'expired' | 'manual' | 'refund';
};

const active = { money: 'paid', lms_status: 'active' } as const;

const states = {
  fresh: { name: 'fresh', enrolledDaysAgo: [1, 4], done: [0, 0], ends: 'nothing', ...active },
  midway: { name: 'midway', enrolledDaysAgo: [18, 50], done: [0.2, 0.6], ends: 'nothing', ...active },
  partly: { name: 'partly watched', enrolledDaysAgo: [10, 40], done: [0.1, 0.6], ends: 'partly watched', ...active },
  pending: { name: 'waiting for review', enrolledDaysAgo: [12, 45], done: [0, 0.6], ends: 'pending', ...active },
  declined: { name: 'declined', enrolledDaysAgo: [14, 45], done: [0, 0.6], ends: 'declined', ...active },
  resubmitted: { name: 'handed in again', enrolledDaysAgo: [20, 45], done: [0.1, 0.5], ends: 'resubmitted', ...active },
  withdrawn: { name: 'withdrawn', enrolledDaysAgo: [15, 40], done: [0.1, 0.5], ends: 'withdrawn', ...active },
  complete: {
    name: 'complete',
    enrolledDaysAgo: [75, 110],
    done: [1, 1],
    ends: 'complete',
    money: 'paid',
    lms_status: 'complete',
  },
  overdue: {
    name: 'overdue',
    enrolledDaysAgo: [40, 55],
    done: [0.2, 0.5],
    ends: 'nothing',
    money: 'overdue',
    lms_status: 'suspended',
    cause: 'overdue',
  },
  unpaid: {
    name: 'unpaid',
    enrolledDaysAgo: [1, 3],
    done: [0, 0],
    ends: 'nothing',
    money: 'unpaid',
    lms_status: 'inactive',
  },
  neverPaid: {
    name: 'never paid',
    enrolledDaysAgo: [24, 30],
    done: [0, 0],
    ends: 'nothing',
    money: 'never paid',
    lms_status: 'suspended',
    cause: 'unpaid',
  },
  expired: {
    name: 'expired',
    enrolledDaysAgo: [100, 120],
    done: [0.3, 0.7],
    ends: 'nothing',
    money: 'paid',
    lms_status: 'suspended',
    cause: 'expired',
  },
  blocked: {
    name: 'blocked',
    enrolledDaysAgo: [30, 60],
    done: [0.2, 0.4],
    ends: 'nothing',
    money: 'paid',
    lms_status: 'suspended',
    cause: 'manual',
  },
  refunded: {
    name: 'refunded',
    enrolledDaysAgo: [30, 60],
    done: [0.1, 0.2],
    ends: 'nothing',
    money: 'refunded',
    lms_status: 'refunded',
    cause: 'refund',
  },
  dropout: {
    name: 'dropped out',
    enrolledDaysAgo: [60, 90],
    done: [0.1, 0.3],
    ends: 'nothing',
    money: 'paid',
    lms_status: 'dropout',
  },
} as const satisfies Record<string, DemoState>;

/** The mixture; a larger academy repeats it. */
export const stateCycle: readonly DemoState[] = [
  states.pending,
  states.midway,
  states.fresh,
  states.pending,
  states.declined,
  states.partly,
  states.midway,
  states.complete,
  states.pending,
  states.overdue,
  states.resubmitted,
  states.midway,
  states.unpaid,
  states.withdrawn,
  states.pending,
  states.partly,
  states.expired,
  states.midway,
  states.fresh,
  states.blocked,
  states.pending,
  states.complete,
  states.midway,
  states.declined,
  states.refunded,
  states.partly,
  states.pending,
  states.neverPaid,
  states.midway,
  states.dropout,
];
