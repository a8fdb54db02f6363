-- What one set of readers gets of one table: a first sync reads bodies in this order, without sorting any, and counts them here
-- without looking at them. Equal entries are kept once, so it is a tenth of the size of the others.
create index sync_rows_held on sync_rows (scope, type) where not deleted;
