/** Jobs whose runs an admin may see, and which an admin may start by hand; all others are a superadmin's (workflows 3.41). */
export const jobsOfAdmins = [
  'rewards.build-leaderboard',
  'recovery.daily-recovery-check',
  'notifications.process-email-queue',
] as const;
