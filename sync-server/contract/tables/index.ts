import type { Family, TableContract } from '../define-table.ts';
import { families } from '../define-table.ts';
import { billingSettings, installmentPayments, invoices, paymentProofs } from './billing.ts';
import { atRiskFlags, atRiskRules, studentNotes, studentRecoveryChecks, studentRecoveryMessages } from './care.ts';
import {
  batchCourses,
  batchPathways,
  bundleCourses,
  courseBundles,
  courseTracks,
  lessonDripOverrides,
} from './catalogue.ts';
import { companySettings, notifications, notificationSettings, syncRejections } from './company.ts';
import { batches, courseEnrollments, courses, learningPathways, modules, pathwayCourses } from './courses.ts';
import {
  lessonNotes,
  recordingRatings,
  recordingViews,
  userActivityLogs,
  userModuleProgress,
  userUnlocks,
} from './learning.ts';
import { assignments, availableLessons, lessonMedia, recordingAttachments } from './lessons.ts';
import { learningPaths, onboardingResponses, pathwayChoiceSelections, questionnaires } from './onboarding.ts';
import { devices, mentorCourseAssignments, mentors, studentMentorAssignments, students, users } from './people.ts';
import { resourceAudiences, resources, resourceSections } from './resources.ts';
import { errorLogs, securitySignals, videoAccessEvents } from './protection.ts';
import {
  badges,
  certificates,
  integrations,
  leaderboardSnapshots,
  milestoneCategories,
  milestones,
  userBadges,
  userMetrics,
  userMilestones,
} from './rewards.ts';
import { files, submissionReviews, submissions } from './submissions.ts';
import { batchTimelineItems } from './timeline.ts';
import { messages, messageThreads, savedReplies, threadMembers } from './messages.ts';
import { successPartnerCredits, successPartnerMessages } from './partner.ts';
import { sessionAttendance, successSessions } from './sessions.ts';
import { supportTicketReplies, supportTickets } from './tickets.ts';

/** Every replicated table by its SQL name. One line here and the protocol, the replica and the tests know it. */
export const tables = {
  users,
  students,
  mentors,
  student_mentor_assignments: studentMentorAssignments,
  mentor_course_assignments: mentorCourseAssignments,
  devices,
  student_notes: studentNotes,
  at_risk_flags: atRiskFlags,
  student_recovery_messages: studentRecoveryMessages,
  student_recovery_checks: studentRecoveryChecks,
  courses,
  learning_pathways: learningPathways,
  pathway_courses: pathwayCourses,
  modules,
  batches,
  course_enrollments: courseEnrollments,
  available_lessons: availableLessons,
  recording_attachments: recordingAttachments,
  lesson_media: lessonMedia,
  recording_views: recordingViews,
  user_unlocks: userUnlocks,
  recording_ratings: recordingRatings,
  lesson_notes: lessonNotes,
  user_module_progress: userModuleProgress,
  user_activity_logs: userActivityLogs,
  assignments,
  submissions,
  submission_reviews: submissionReviews,
  files,
  success_sessions: successSessions,
  session_attendance: sessionAttendance,
  support_tickets: supportTickets,
  support_ticket_replies: supportTicketReplies,
  message_threads: messageThreads,
  thread_members: threadMembers,
  messages,
  saved_replies: savedReplies,
  success_partner_messages: successPartnerMessages,
  success_partner_credits: successPartnerCredits,
  invoices,
  installment_payments: installmentPayments,
  payment_proofs: paymentProofs,
  billing_settings: billingSettings,
  notifications,
  notification_settings: notificationSettings,
  sync_rejections: syncRejections,
  company_settings: companySettings,
  at_risk_rules: atRiskRules,
  course_bundles: courseBundles,
  bundle_courses: bundleCourses,
  batch_courses: batchCourses,
  batch_pathways: batchPathways,
  course_tracks: courseTracks,
  lesson_drip_overrides: lessonDripOverrides,
  batch_timeline_items: batchTimelineItems,
  resource_sections: resourceSections,
  resources,
  resource_audiences: resourceAudiences,
  questionnaires,
  onboarding_responses: onboardingResponses,
  learning_paths: learningPaths,
  pathway_choice_selections: pathwayChoiceSelections,
  badges,
  user_badges: userBadges,
  milestone_categories: milestoneCategories,
  milestones,
  user_milestones: userMilestones,
  certificates,
  leaderboard_snapshots: leaderboardSnapshots,
  integrations,
  user_metrics: userMetrics,
  security_signals: securitySignals,
  video_access_events: videoAccessEvents,
  error_logs: errorLogs,
} as const satisfies Record<string, TableContract>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];
/** Looks a table up by a name that came from outside; undefined when there is none. */
export const findTable = (name: string): TableContract | undefined =>
  Object.hasOwn(tables, name) ? tables[name as TableName] : undefined;
/** The tables whose documents live in one family. */
export const tablesOf = (family: Family): TableName[] => tableNames.filter((name) => tables[name].family === family);
/** The document's primary key in its family. */
export const docKey = (type: string, id: string): string => `${type}|${id}`;
export { families };
export type { Family };
