import { ANYONE_CAN, createSchema, definePermissions, number, string, table } from '@rocicorp/zero';

const notes = table('notes')
  .columns({
    id: string(),
    type: string(),
    v: string(),
    user_id: string(),
    lesson_id: string(),
    at_seconds: number().optional(),
    body: string(),
    copy_of: string().optional(),
    client_at: string().optional(),
    created_at: string(),
  })
  .primaryKey('id');

export const schema = createSchema({ tables: [notes], enableLegacyMutators: true, enableLegacyQueries: true });

/** Everybody may do everything: nothing is asked of a row. */
export const permissions = await definePermissions(schema, () => ({
  notes: {
    row: {
      select: ANYONE_CAN,
      insert: ANYONE_CAN,
      update: { preMutation: ANYONE_CAN, postMutation: ANYONE_CAN },
      delete: ANYONE_CAN,
    },
  },
}));
