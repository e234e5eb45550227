-- Owner: platform. The record, due work, lasting processes, nodes: what every slice stands on.

create table events (
  position  bigint generated always as identity primary key,
  stream    text not null,
  sequence  integer not null,
  type      text not null,
  version   integer not null,
  at        timestamptz not null,
  actor     text not null,
  subject   text not null,
  about     json not null,
  data      json not null,
  salt      bytea not null,
  hash      bytea not null,
  unique (stream, sequence)
);
create index events_subject on events (subject, position);
create index events_type on events (type, position);

create table jobs (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('reaction', 'process', 'effect', 'recurring')),
  lane        text not null,
  due         timestamptz not null,
  payload     json not null,
  owner       text,
  fence       integer not null default 0,
  attempts    integer not null default 0,
  started_at  timestamptz,
  last_error  text,
  parked_at   timestamptz
);
create index jobs_due on jobs (due, id) where owner is null and parked_at is null;
create index jobs_owner on jobs (owner) where owner is not null;
create index jobs_lane on jobs (lane, id);

create table processes (
  name     text not null,
  key      text not null,
  version  integer not null,
  state    json not null,
  reason   text not null,
  step     integer not null default 0,
  wake_at  timestamptz,
  ended_at timestamptz,
  primary key (name, key)
);

create table nodes (
  id         text primary key,
  lock       integer not null,
  started_at timestamptz not null,
  seen_at    timestamptz not null
);

create table idempotency_keys (
  key        text primary key,
  request    text not null,
  status     integer not null,
  answer     json not null,
  created_at timestamptz not null
);
create index idempotency_keys_created on idempotency_keys (created_at);
