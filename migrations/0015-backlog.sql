-- Owner: alerts. What was taken in faster than it could be read: kept as it came, read in order, gone once it is read.

create table backlog (
  id             bigint generated always as identity primary key,
  integration_id text not null,
  signals        json not null,
  count          integer not null,
  received_at    timestamptz not null
);
create index backlog_in_order on backlog (integration_id, id);
