import assignments from './en/assignments.json';
import errors from './en/errors.json';
import firstSync from './en/first-sync.json';
import home from './en/home.json';
import lessons from './en/lessons.json';
import locks from './en/locks.json';
import mentor from './en/mentor.json';
import notifications from './en/notifications.json';
import player from './en/player.json';
import profile from './en/profile.json';
import shell from './en/shell.json';
import signIn from './en/sign-in.json';
import status from './en/status.json';
import syncDetails from './en/sync-details.json';
import ui from './en/ui.json';

/** Every catalogue of words, one per feature; a key that is not here does not compile. */
export const english = {
  assignments,
  errors,
  'first-sync': firstSync,
  home,
  lessons,
  locks,
  mentor,
  notifications,
  player,
  profile,
  shell,
  'sign-in': signIn,
  status,
  'sync-details': syncDetails,
  ui,
};
