import { Schema as S } from '@triplit/client';

const maybe = () => S.Optional(S.String({ nullable: true }));
const schema = S.Schema({
  id: S.Id(),
  type: S.String(),
  v: S.String(),
  user_id: S.String(),
  lesson_id: S.String(),
  at_seconds: S.Number({ nullable: true }),
  body: S.String(),
  copy_of: maybe(),
  client_at: maybe(),
  created_at: S.String(),
});

/** `warm` is the place of the pushes that are not counted. */
export const collections = S.Collections({ notes: { schema }, warm: { schema } });
