-- Keys that sign evidence (times told to devices, receipts of work) are not those of access tokens: their public halves are kept
-- for good, so that a receipt can be verified years later, and nothing they sign opens a door.
alter table signing_keys
  add column purpose text not null default 'access' check (purpose in ('access', 'evidence'));

-- What the server signed when it accepted an attempt: what was handed in, when, and as which attempt.
alter table submissions
  add column receipt text check (length(receipt) <= 4000);
