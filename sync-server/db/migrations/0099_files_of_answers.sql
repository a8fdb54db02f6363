-- Whose answer names a file is asked whenever the file is read.
create index onboarding_responses_file_id on onboarding_responses (file_id) where file_id is not null;
