-- Owner: oncall. Addresses under which calendars read shifts, each until it is revoked; and shifts that one person offers to another.

create table calendar_links (
  id          text primary key,
  user_id     text not null references users (id) on delete cascade,
  schedule_id text references schedules (id) on delete cascade,
  made_at     timestamptz not null,
  revoked_at  timestamptz
);
create unique index calendar_links_live on calendar_links (user_id, coalesce(schedule_id, '')) where revoked_at is null;

create table shift_offers (
  id          text primary key,
  schedule_id text not null references schedules (id) on delete cascade,
  offered_by  text not null references users (id) on delete cascade,
  offered_to  text not null references users (id) on delete cascade,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  why         text not null,
  state       text not null check (state in ('waiting', 'accepted', 'declined', 'withdrawn')),
  made_at     timestamptz not null,
  answered_at timestamptz,
  override_id text references schedule_overrides (id)
);
create index shift_offers_waiting on shift_offers (ends_at) where state = 'waiting';
