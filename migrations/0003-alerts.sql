-- Owner: alerts. Integrations and their recent events, alerts, alert groups, routes, silences.

create table integrations (
  id          text primary key,
  name        text not null,
  kind        text not null,
  key_hash    text not null unique,
  key_sealed  text not null,
  secret_sealed text,
  service_id  text references services (id),
  team_id     text references teams (id),
  created_at  timestamptz not null,
  deleted_at  timestamptz
);

create table refused_requests (
  id             bigint generated always as identity primary key,
  integration_id text not null references integrations (id) on delete cascade,
  at             timestamptz not null,
  status         integer not null,
  reason         text not null,
  path           text not null,
  body           text not null
);
create index refused_requests_integration on refused_requests (integration_id, id desc);

create table routes (
  slug       text primary key,
  position   integer not null,
  definition json not null
);

create table inhibition_rules (
  slug       text primary key,
  definition json not null
);

create table time_intervals (
  slug       text primary key,
  definition json not null
);

create table silences (
  id         text primary key,
  name       text not null,
  matchers   json not null,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null,
  created_by text not null,
  created_at timestamptz not null
);
create index silences_ends on silences (ends_at);

create table alert_groups (
  id              text primary key,
  route           text,
  group_key       text not null,
  title           text not null,
  severity        text not null,
  state           text not null check (state in ('triggered', 'acknowledged', 'resolved')),
  service_id      text references services (id),
  team_id         text references teams (id),
  policy          text,
  reason          text not null,
  labels          json not null,
  links           json not null,
  alert_count     integer not null,
  open_count      integer not null,
  opened_at       timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at     timestamptz,
  changed_at      timestamptz not null
);
create unique index alert_groups_open on alert_groups (group_key) where state <> 'resolved';
create index alert_groups_changed on alert_groups (changed_at desc, id);

create table alerts (
  id              text primary key,
  integration_id  text not null references integrations (id),
  dedup_key       text not null,
  state           text not null check (state in ('triggered', 'acknowledged', 'resolved', 'suppressed')),
  severity        text not null,
  title           text not null,
  body            text not null,
  labels          json not null,
  details         json,
  links           json not null,
  images          json not null,
  service_id      text references services (id),
  team_id         text references teams (id),
  group_id        text references alert_groups (id),
  count           integer not null,
  reason          text not null,
  trace           json not null,
  started_at      timestamptz not null,
  first_at        timestamptz not null,
  last_at         timestamptz not null,
  ends_at         timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  snoozed_until   timestamptz,
  resolved_at     timestamptz
);
create unique index alerts_open on alerts (integration_id, dedup_key) where state <> 'resolved';
create index alerts_last on alerts (last_at desc, id desc);
create index alerts_group on alerts (group_id);
create index alerts_ends on alerts (ends_at) where state <> 'resolved' and ends_at is not null;
create index alerts_service on alerts (service_id, last_at desc);
