-- Owner: alerts. A commit that the database does long after it was asked says so of the requests in it: they count by when they came, and others may have
-- taken in meanwhile what came after them.

alter table unread_requests add column is_late boolean not null default false;
