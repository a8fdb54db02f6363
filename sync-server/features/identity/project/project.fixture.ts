import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll } from 'vitest';
import type { Role } from '#contract/roles.ts';
import type { Client } from '../../../testing/api-client.ts';
import { openProjectStage, type ProjectStage } from '../../../testing/project-stage.ts';

/** Accounts in a Supabase project: a second server of ours, on a database of its own, stands in for it. */

export const password = 'a calm river at dawn';
export let stage: ProjectStage;
export const newcomer = (role: Role = 'student') => stage.person(role, password);
export const signIn = (who: { email: string }, device?: string) => stage.academy.signIn(who.email, password, device);
export const whoami = async (client: Client) => {
  const response = await client.call('POST', '/functions/v1/whoami', {});
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
export const statusOf = async (client: Client): Promise<number> => (await whoami(client)).status;
export const operator = (url: string) =>
  createClient(url, stage.serviceKey, { auth: { persistSession: false, autoRefreshToken: false } }).auth.admin;
export const there = async (id: string) => (await operator(stage.project.url).getUserById(id)).data.user;
export const callAt = (url: string, { session, deviceId }: Client, method: string, path: string, body?: unknown) =>
  fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${session.access_token}`,
      'x-device-id': deviceId,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Opens all this before the tests of a file, and closes it after them. */
export function openProjectForTests(): void {
  beforeAll(async () => {
    stage = await openProjectStage();
  });
  afterAll(() => stage.close());
}
