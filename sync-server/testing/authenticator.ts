import type { SupabaseClient } from '@supabase/supabase-js';
import { fromBase32, stepAt, totpCode } from '../features/identity/totp.ts';

/** An authenticator app of a test: it was shown one factor's secret. */
export type App = {
  factorId: string;
  /** The code that the app shows at this time. */
  code(now: Date): string;
};

/** Starts setting up an app; it counts after its first code. Throws supabase-js's error. */
export async function enrolApp(supabase: SupabaseClient, friendlyName?: string): Promise<App> {
  const { data, error } = await supabase.auth.mfa.enroll({
    factorType: 'totp',
    ...(friendlyName ? { friendlyName } : {}),
  });
  if (error) throw error;
  const secret = fromBase32(data.totp.secret);
  return { factorId: data.id, code: (now) => totpCode(secret, stepAt(now)) };
}

/** Sets an app up to the end: the session of this client is raised. Throws supabase-js's error. */
export async function setUpApp(supabase: SupabaseClient, now: Date, friendlyName?: string): Promise<App> {
  const app = await enrolApp(supabase, friendlyName);
  const { error } = await supabase.auth.mfa.challengeAndVerify({ factorId: app.factorId, code: app.code(now) });
  if (error) throw error;
  return app;
}
