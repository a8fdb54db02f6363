import type { Oracle } from './rule.ts';

const cause = 'user_id cause ref_id reason starts_at ends_at lifted_at lifted_by created_by';
const mail =
  'user_id template_key priority recipient_email recipient_name subject status retry_count error_message scheduled_at sent_at provider';
const whatsapp = 'user_id template_key language status retry_count scheduled_at sent_at error_code error_message';
const risk =
  'user_id failed_login_attempts suspicious_activity_count security_score last_login_at last_failed_login_at password_last_changed locked_until risk_level';

const line = 'entity_type entity_id action target_user_id performed_by actor_role class description data request_id';

const forStaff: Oracle['admin'] = {
  suspensions: [{ rows: 'true', online: cause }],
  email_queue: [{ rows: 'true', online: mail }],
  whatsapp_queue: [{ rows: 'true', online: whatsapp }],
};

/** Accounts as staff look at them: causes, what was sent, and how safe an account is (data model 2.4, 2.7, 2.11). */
export const accounts: Oracle = {
  everyone: {
    user_security_summary: [{ rows: 't.user_id = $1', online: 'user_id last_login_at password_last_changed' }],
  },
  admin: {
    ...forStaff,
    user_security_summary: [
      { rows: "t.user_id not in (select id from users where role = 'superadmin')", online: risk },
    ],
    admin_logs: [{ rows: "t.class = 'general' and coalesce(t.actor_role, '') <> 'superadmin'", online: line }],
  },
  superadmin: {
    ...forStaff,
    user_security_summary: [{ rows: 'true', online: risk }],
    admin_logs: [{ rows: 'true', online: `${line} ip` }],
  },
};
