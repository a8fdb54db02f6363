import type { BillingSettings } from '#contract/tables/billing.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';

/** What billing's steps need beside their transaction; they run as the server, after the caller's right was asked. */
export type Parts = Pick<Deps, 'serverKey' | 'clock'>;

/** Whoever causes a change; null = a job. */
export type By = { actor: string | null; requestId?: string };

export type BillingFacts = Required<
  Omit<BillingSettings, 'key' | 'type' | 'v' | 'id' | 'created_at' | 'updated_at'>
> & {
  timezone: string;
  company: string;
  contact: string;
};

/** How the company bills, its name, contact and time zone. */
export async function readBillingFacts(tx: Tx): Promise<BillingFacts> {
  const { rows } = await tx.query<BillingFacts>(
    `select b.*, c.timezone, c.company_name as company, c.contact_email as contact
     from billing_settings b cross join company_settings c`,
  );
  const facts = rows[0];
  if (!facts) throw new Error('the company has no settings');
  return facts;
}

/** Numbers of the yearly series that billing issues. */
const series = { INV: 'invoice', RCPT: 'receipt', RFND: 'refund' } as const;

/** The next number, `RCPT-2026-000001`; lost again, without a gap, when the transaction is rolled back. */
export async function issueNumber(tx: Tx, prefix: keyof typeof series, now: Date): Promise<string> {
  const { rows } = await tx.query<{ number: string }>('select app_issue_number($1, $2, $3) as number', [
    series[prefix],
    prefix,
    now,
  ]);
  return rows[0]!.number;
}
