-- A name in a bucket is free again once its file is gone, and names are found by their beginning: folders are listed.
alter table files drop constraint files_path_key;
create unique index files_path on files (bucket, path collate "C") where status <> 'deleted' and not is_deleted;

-- What the uploader said about the file; no device holds it.
alter table files
  add column cache_control text check (char_length(cache_control) <= 60),
  add column details jsonb check (jsonb_typeof(details) = 'object' and char_length(details::text) <= 4000);

-- The daily sweep looks for what was never completed, never used or is gone.
create index files_loose on files (created_at) where linked_id is null or status <> 'ready';
