-- An account that an operator removed gives its address free; staff still find whose it was.
alter table account_details add column former_email citext;
