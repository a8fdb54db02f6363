export { api, createApi, type Api, type CommandOptions } from './api.ts';
export { clock, createClock, keepClock, type Clock } from './clock.ts';
export { desktop } from './desktop.ts';
export { ApiError, NetworkError, SessionExpiredError } from './errors.ts';
export { serverUrl } from './server-url.ts';
export type { SignInProof } from './sign-in-start.ts';
export type { SignInStep, Tokens } from './sign-in-steps.ts';
export {
  createSession,
  session,
  useSession,
  type Connection,
  type Session,
  type SessionState,
  type SessionStore,
  type SessionUser,
  type SignInAnswer,
  type SignOutAnswer,
  type SignOutMode,
} from './session.ts';
