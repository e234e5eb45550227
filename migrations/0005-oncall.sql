-- Owner: oncall. Schedules with their overrides, escalation policies, and every page with its trace.

create table schedules (
  id         text primary key,
  slug       text not null unique,
  name       text not null,
  team_id    text references teams (id),
  zone       text not null,
  combine    text not null check (combine in ('priority', 'union')),
  layers     json not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index schedules_team on schedules (team_id);

create table schedule_overrides (
  id          text primary key,
  schedule_id text not null references schedules (id) on delete cascade,
  definition  json not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  made_by     text not null,
  made_at     timestamptz not null,
  removed_at  timestamptz
);
create index schedule_overrides_schedule on schedule_overrides (schedule_id, ends_at) where removed_at is null;

create table policies (
  id                  text primary key,
  slug                text not null unique,
  name                text not null,
  team_id             text references teams (id),
  levels              json not null,
  repeat_count        integer not null,
  ack_timeout_seconds integer,
  created_at          timestamptz not null,
  changed_at          timestamptz not null
);
create index policies_team on policies (team_id);

create table pages (
  id              text primary key,
  policy          text,
  group_id        text references alert_groups (id),
  incident        text,
  team_id         text references teams (id),
  severity        text,
  title           text not null,
  body            text not null,
  state           text not null check (state in ('paging', 'acknowledged', 'exhausted', 'ended')),
  reason          text not null,
  level           integer not null,
  round           integer not null,
  next_at         timestamptz,
  next            text,
  started_by      text not null,
  started_at      timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  ended_at        timestamptz
);
create unique index pages_open_group on pages (group_id) where state <> 'ended';
create index pages_started on pages (started_at desc, id desc);
create index pages_incident on pages (incident) where incident is not null;

create table page_steps (
  page_id text not null references pages (id) on delete cascade,
  seq     integer not null,
  at      timestamptz not null,
  kind    text not null,
  level   integer not null,
  round   integer not null,
  reason  text not null,
  primary key (page_id, seq)
);

create table page_people (
  page_id   text not null references pages (id) on delete cascade,
  user_id   text not null references users (id) on delete cascade,
  level     integer not null,
  round     integer not null,
  reach_key text not null,
  reason    text not null,
  at        timestamptz not null,
  primary key (page_id, reach_key)
);
create index page_people_user on page_people (user_id, at desc);
