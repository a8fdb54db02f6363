-- Reviewers add verdicts on work in their scope under their own name; what became of a verdict the server says.
grant insert (id, submission_id, submission_version, reviewer_id, decision, notes, score, reviewed_at_client,
              v, client_at, origin_device_id) on submission_reviews
  to app_mentor, app_admin, app_superadmin;
create policy submission_reviews_insert_own on submission_reviews for insert
  to app_mentor, app_admin, app_superadmin
  with check (reviewer_id = auth.uid() and app_may_review(submission_id));
