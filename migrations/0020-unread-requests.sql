-- Owner: alerts. Requests that came faster than they could be read, as they came: what is in them is seen when they are read, in one order with the
-- backlog. count is a guess; done is how many signals of it were read.

create table unread_requests (
  id             bigint primary key default nextval('backlog_id_seq'),
  integration_id text not null,
  subpath        text not null,
  body           bytea not null,
  count          integer not null,
  done           integer not null default 0,
  received_at    timestamptz not null
);
create index unread_requests_in_order on unread_requests (integration_id, id);
-- Compressing costs more than writing, and it is gone again soon.
alter table unread_requests alter column body set storage external;
