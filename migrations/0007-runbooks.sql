-- Owner: runbooks. Definitions with their versions, connections, runs with their steps, and what they ask people.

create table runbooks (
  id         text primary key,
  slug       text not null unique,
  name       text not null,
  team_id    text references teams (id),
  version    integer not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz
);
create index runbooks_team on runbooks (team_id);

create table runbook_versions (
  runbook_id text not null references runbooks (id),
  version    integer not null,
  definition json not null,
  saved_by   text not null,
  saved_at   timestamptz not null,
  primary key (runbook_id, version)
);

create table connections (
  id            text primary key,
  slug          text not null unique,
  name          text not null,
  team_id       text references teams (id),
  address       text not null,
  scheme        json not null,
  secret_sealed text not null,
  created_at    timestamptz not null,
  rotated_at    timestamptz not null
);
create index connections_team on connections (team_id);

create table runs (
  id          text primary key,
  number      bigint generated always as identity unique,
  runbook_id  text not null references runbooks (id),
  version     integer not null,
  incident_id text,
  team_id     text references teams (id),
  incident_team_id text references teams (id),
  inputs      json not null,
  phase       text not null,
  step        text,
  reason      text not null,
  started_by  text not null,
  started_for text,
  stop_reason text,
  started_at  timestamptz not null,
  ended_at    timestamptz
);
create index runs_incident on runs (incident_id, number);
create index runs_runbook on runs (runbook_id, number);

create table run_steps (
  run_id     text not null references runs (id) on delete cascade,
  seq        integer not null,
  step       text,
  section    integer not null,
  status     text not null,
  reason     text not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  output     text,
  extracted  json not null default '{}',
  primary key (run_id, seq)
);

create table run_asks (
  run_id      text not null references runs (id) on delete cascade,
  seq         integer not null,
  kind        text not null check (kind in ('question', 'approval', 'doubt')),
  step        text not null,
  question    text not null,
  shown       json not null,
  answers     json not null,
  who         json not null,
  also        json not null,
  told        json not null default '[]',
  also_at     timestamptz,
  ends_at     timestamptz,
  at_end      text,
  danger      text,
  preview     text,
  hash        text,
  quorum      integer not null default 1,
  asked_at    timestamptz not null,
  answer      text,
  note        text,
  answered_by text,
  answered_at timestamptz,
  closed_at   timestamptz,
  primary key (run_id, seq)
);
create index run_asks_open on run_asks (asked_at) where closed_at is null;

create table run_approvals (
  run_id  text not null,
  seq     integer not null,
  user_id text not null references users (id),
  at      timestamptz not null,
  primary key (run_id, seq, user_id),
  foreign key (run_id, seq) references run_asks (run_id, seq) on delete cascade
);
