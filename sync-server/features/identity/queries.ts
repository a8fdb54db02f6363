import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

/** An account with what sign-in decides by. The password hash is read by one function only, below. */
export type Account = {
  id: string;
  email: string;
  full_name: string;
  /** May not be signed in: blocked, deactivated or suspended. */
  blocked: boolean;
  last_login_at: string | null;
  created_at: string;
  updated_at: string;
};

const accountColumns = `u.id, u.email::text, u.full_name, u.login_blocked or u.status <> 'active' as blocked,
  u.last_login_at, u.created_at, u.updated_at`;

/** A pool for one statement, or the transaction it belongs to. */
type Db = Tx;

export async function findAccountById(db: Db, id: string): Promise<Account | null> {
  const { rows } = await db.query<Account>(
    `select ${accountColumns} from users u where u.id = $1 and not u.is_deleted`,
    [id],
  );
  return rows[0] ?? null;
}

export async function findAccountByEmail(db: Db, email: string): Promise<Account | null> {
  const { rows } = await db.query<Account>(
    `select ${accountColumns} from users u where u.email = $1 and not u.is_deleted`,
    [email],
  );
  return rows[0] ?? null;
}

/** For sign-in: the account and its hash in one statement, so that both cases cost the same. */
export async function findAccountToSignIn(
  db: Db,
  email: string,
): Promise<(Account & { password_hash: string | null }) | null> {
  const { rows } = await db.query<Account & { password_hash: string | null }>({
    name: 'account-to-sign-in',
    text: `select ${accountColumns}, c.password_hash
           from users u left join user_credentials c on c.user_id = u.id
           where u.email = $1 and not u.is_deleted`,
    values: [email],
  });
  return rows[0] ?? null;
}

export async function findPasswordHash(db: Db, userId: string): Promise<string | null> {
  const { rows } = await db.query<{ password_hash: string }>(
    'select password_hash from user_credentials where user_id = $1',
    [userId],
  );
  return rows[0]?.password_hash ?? null;
}

export type AuditEntry = {
  action: string;
  /** Whose account it is about. */
  targetUserId: string;
  /** Null: the server itself or the holder of the service key. */
  performedBy: string | null;
  data?: Record<string, unknown>;
  requestId: string;
  address: string | null;
};

/** Adds to the audit trail; `data` never holds a secret. */
export async function audit(
  tx: Tx,
  { action, targetUserId, performedBy, data = {}, requestId, address }: AuditEntry,
): Promise<void> {
  await tx.query(
    `insert into admin_logs (entity_type, action, entity_id, target_user_id, performed_by, data, request_id, ip)
     values ('user', $1, $2, $2, $3, $4, $5, $6)`,
    [action, targetUserId, performedBy, JSON.stringify(data), requestId, address],
  );
}

/** Every call with the service key leaves a line, also one that only reads. */
export async function auditKeyUse(
  { deps, requestId, address }: { deps: Deps; requestId: string; address: string },
  route: string,
): Promise<void> {
  await deps.server.query(
    `insert into admin_logs (entity_type, action, description, request_id, ip) values ('service_key', 'service_key_used', $1, $2, $3)`,
    [route, requestId, address],
  );
}
