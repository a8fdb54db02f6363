-- The next number of a yearly series, `INV-2026-000001` (data model R2): gapless, because the counter's row stays locked until
-- the transaction that used the number ends, and one that is rolled back gives it back. The year is that of the company's clock.
create or replace function app_issue_number(series text, prefix text, moment timestamptz) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  zone constant text := coalesce((select timezone from company_settings), 'Asia/Karachi');
  year constant text := to_char(moment at time zone zone, 'YYYY');
  number constant text := app_next_number(series || ':' || year)::text;
begin
  return prefix || '-' || year || '-' || lpad(number, greatest(6, length(number)), '0');
end $$;
