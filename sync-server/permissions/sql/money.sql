-- Whom a file of an invoice, a payment or a proof is about; null for every other file.
create or replace function sync_student_of_bill(linked_table text, linked_id uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case linked_table
    when 'invoices' then (select i.student_id from invoices i where i.id = linked_id and not i.is_deleted)
    when 'installment_payments' then
      (select p.student_id from installment_payments p where p.id = linked_id and not p.is_deleted)
    when 'payment_proofs' then (select p.student_id from payment_proofs p where p.id = linked_id and not p.is_deleted)
  end
$$;
grant execute on function sync_student_of_bill(text, uuid)
  to app_student, app_mentor, app_enrollment_manager, app_admin, app_superadmin;
