-- Owner: notifications. When each person was paged last, and the pages that reach them in a summary because many came within a minute.

create table bursts (
  user_id text primary key references users (id) on delete cascade,
  at      jsonb not null
);

create table summary_entries (
  reach_key  text primary key,
  user_id    text not null references users (id) on delete cascade,
  page_id    text not null,
  group_id   text,
  severity   text,
  title      text not null,
  service    text not null,
  joined_at  timestamptz not null,
  summary_id text,
  left_why   text
);
create index summary_entries_waiting on summary_entries (user_id, joined_at, reach_key) where summary_id is null and left_why is null;
create index summary_entries_summary on summary_entries (summary_id, joined_at, reach_key) where summary_id is not null;
