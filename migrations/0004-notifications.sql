-- Owner: notifications. How people are reached, their rules, and every single delivery.

create table contact_methods (
  id              text primary key,
  user_id         text not null references users (id) on delete cascade,
  channel         text not null,
  label           text not null,
  address_sealed  text not null,
  address_hash    text not null,
  created_at      timestamptz not null,
  verified_at     timestamptz,
  code_sealed     text,
  code_expires_at timestamptz,
  code_tries      integer not null default 0,
  dead_at         timestamptz,
  dead_reason     text,
  unique (user_id, channel, address_hash)
);

create table notification_rules (
  user_id       text not null references users (id) on delete cascade,
  urgency       text not null check (urgency in ('page', 'update')),
  position      integer not null,
  after_seconds integer not null check (after_seconds >= 0),
  method_id     text not null,
  primary key (user_id, urgency, position)
);

create table notifications (
  id          text primary key,
  reach_key   text not null,
  user_id     text not null references users (id) on delete cascade,
  method_id   text,
  channel     text not null,
  label       text not null,
  urgency     text not null,
  title       text not null,
  about       json not null,
  subject     text not null,
  status      text not null check (status in ('waiting', 'sending', 'delivered', 'failed', 'unknown', 'cancelled')),
  reason      text not null,
  due_at      timestamptz not null,
  settled_at  timestamptz
);
create index notifications_reach on notifications (reach_key);
create index notifications_user on notifications (user_id, due_at desc, id desc);
create index notifications_subject on notifications (subject, due_at, id);

create table push_keys (
  id             integer primary key check (id = 1),
  public_key     text not null,
  private_sealed text not null,
  made_at        timestamptz not null
);
