import type { Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { bulkCreateStudents } from './bulk-students.ts';
import { deleteUser, reactivateUser } from './delete-user.ts';
import { decideEnrolmentRequest, requestEnrolmentApproval, withdrawEnrolmentRequest } from './enrolment-requests.ts';
import { manageEnrolment } from './manage-enrolment.ts';
import { assignMentorCommand, unassignMentor } from './mentors.ts';
import { processSuspensions } from './process-suspensions.job.ts';
import { listUserSessions, removeUserFactors, revokeUserSessions } from './sign-ins.ts';
import { adminResetPassword, revokeUserDevice, setLoginBlocked } from './sign-in-state.ts';
import { createStudent, updateStudentDetails } from './students.ts';
import {
  cancelScheduledSuspension,
  liftSuspension,
  scheduleSuspension,
  setStudentOutcome,
  suspendStudent,
} from './suspensions.ts';
import { changeRole, createTeamMember } from './team.ts';
import { relockLesson, unlockLesson } from './unlock-lesson.ts';

/** What staff do with people, their accounts and what they are enrolled in. */
export const accounts: Feature = {
  name: 'accounts',
  jobs: [processSuspensions],
  routes: (app, deps) => {
    addCommand(app, deps, createTeamMember);
    addCommand(app, deps, createStudent);
    addCommand(app, deps, bulkCreateStudents);
    addCommand(app, deps, updateStudentDetails);
    addCommand(app, deps, changeRole);
    addCommand(app, deps, adminResetPassword);
    addCommand(app, deps, setLoginBlocked);
    addCommand(app, deps, revokeUserDevice);
    addCommand(app, deps, listUserSessions);
    addCommand(app, deps, revokeUserSessions);
    addCommand(app, deps, removeUserFactors);
    addCommand(app, deps, deleteUser);
    addCommand(app, deps, reactivateUser);
    addCommand(app, deps, suspendStudent);
    addCommand(app, deps, liftSuspension);
    addCommand(app, deps, scheduleSuspension);
    addCommand(app, deps, cancelScheduledSuspension);
    addCommand(app, deps, setStudentOutcome);
    addCommand(app, deps, assignMentorCommand);
    addCommand(app, deps, unassignMentor);
    addCommand(app, deps, manageEnrolment);
    addCommand(app, deps, requestEnrolmentApproval);
    addCommand(app, deps, decideEnrolmentRequest);
    addCommand(app, deps, withdrawEnrolmentRequest);
    addCommand(app, deps, unlockLesson);
    addCommand(app, deps, relockLesson);
  },
};
