-- Owner: status. Components and their history, status pages, updates, who follows them, planned work.

create table components (
  id          text primary key,
  slug        text not null unique,
  name        text not null,
  description text not null default '',
  group_name  text not null default '',
  service_id  text references services (id) on delete set null,
  status      text not null default 'works' check (status in ('works', 'maintenance', 'slow', 'partly-down', 'down')),
  held_by     text,
  created_at  timestamptz not null
);

create table component_changes (
  position     bigint generated always as identity primary key,
  component_id text not null references components (id) on delete cascade,
  at           timestamptz not null,
  status       text not null
);
create index component_changes_component on component_changes (component_id, at);

create table status_pages (
  id         text primary key,
  slug       text not null unique,
  name       text not null,
  visibility text not null check (visibility in ('public', 'internal')),
  zone       text not null,
  created_at timestamptz not null
);

create table status_page_components (
  page_id      text not null references status_pages (id) on delete cascade,
  component_id text not null references components (id) on delete cascade,
  position     integer not null,
  primary key (page_id, component_id)
);

create table incident_notices (
  incident_id    text primary key,
  headline       text not null,
  since          timestamptz not null,
  ended_at       timestamptz,
  next_update_at timestamptz
);
create index incident_notices_open on incident_notices (ended_at);

create table maintenances (
  id            text primary key,
  title         text not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  component_ids json not null,
  began_at      timestamptz,
  ended_at      timestamptz,
  canceled_at   timestamptz,
  created_at    timestamptz not null
);
create index maintenances_time on maintenances (ends_at);

create table updates (
  id             text primary key,
  incident_id    text,
  maintenance_id text references maintenances (id),
  number         integer not null,
  state          text not null,
  headline       text not null,
  text           text not null,
  who_is_hit     text,
  what_we_do     text,
  when_it_ends   text,
  what_to_say    text,
  components     json not null,
  reason         text not null,
  next_update_at timestamptz,
  lasted_seconds integer,
  author         text not null,
  created_at     timestamptz not null
);
create unique index updates_incident on updates (incident_id, number);
create unique index updates_maintenance on updates (maintenance_id, number);
create index updates_created on updates (created_at);

create table update_pages (
  update_id text not null references updates (id) on delete cascade,
  page_id   text not null references status_pages (id) on delete cascade,
  primary key (update_id, page_id)
);
create index update_pages_page on update_pages (page_id);

create table subscribers (
  id               text primary key,
  page_id          text not null references status_pages (id) on delete cascade,
  email            text not null,
  address_hash     text not null,
  user_id          text references users (id) on delete cascade,
  asked_at         timestamptz not null,
  confirmed_at     timestamptz,
  confirm_hash     text not null unique,
  confirm_sealed   text not null,
  leave_hash       text not null unique,
  leave_sealed     text not null,
  unique (page_id, email)
);
create index subscribers_asked on subscribers (asked_at) where confirmed_at is null;

create table subscription_asks (
  asked_from text not null,
  at         timestamptz not null
);
create index subscription_asks_from on subscription_asks (asked_from, at);

create table update_mails (
  update_id     text not null references updates (id) on delete cascade,
  address_hash  text not null,
  subscriber_id text not null,
  status        text not null check (status in ('sending', 'sent', 'skipped', 'failed', 'unknown')),
  reason        text not null,
  at            timestamptz not null,
  primary key (update_id, address_hash)
);
