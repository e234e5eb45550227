-- Owner: directory. People, teams, services, and how people and programs sign in.

create table organisation (
  id   integer primary key check (id = 1),
  name text not null,
  zone text not null
);

create table users (
  id            text primary key,
  handle        text not null unique,
  name          text not null,
  email         text not null unique,
  role          text not null,
  zone          text not null,
  password_hash text,
  disabled_at   timestamptz,
  created_at    timestamptz not null
);

create table teams (
  id           text primary key,
  slug         text not null unique,
  name         text not null,
  members_only boolean not null default false,
  created_at   timestamptz not null
);

create table memberships (
  team_id text not null references teams (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  role    text not null check (role in ('lead', 'member')),
  primary key (team_id, user_id)
);
create index memberships_user on memberships (user_id);

create table services (
  id          text primary key,
  slug        text not null unique,
  name        text not null,
  description text not null default '',
  team_id     text references teams (id),
  tier        integer not null default 3 check (tier between 1 and 5),
  policy      text,
  depends_on  json not null default '[]',
  links       json not null default '[]',
  created_at  timestamptz not null
);
create index services_team on services (team_id);

create table sessions (
  id         text primary key,
  user_id    text not null references users (id) on delete cascade,
  agent      text not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);

create table tokens (
  id         text primary key,
  user_id    text not null references users (id) on delete cascade,
  name       text not null,
  hash       text not null unique,
  scopes     json not null,
  created_at timestamptz not null,
  used_at    timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index tokens_user on tokens (user_id);
