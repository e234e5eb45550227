-- Owner: incidents. Processes with their versions, incidents, and what is on their board: people, tasks, hypotheses, decisions, texts, clocks.

create table incident_processes (
  slug       text not null,
  version    integer not null,
  definition json not null,
  shipped    boolean not null,
  saved_by   text not null,
  saved_at   timestamptz not null,
  retired_at timestamptz,
  primary key (slug, version)
);

create table incidents (
  id                    text primary key,
  number                integer not null unique,
  type                  text not null,
  process_version       integer not null,
  title                 text not null,
  description           text not null,
  state                 text not null,
  state_kind            text not null check (state_kind in ('open', 'resolved', 'closed', 'cancelled')),
  state_since           timestamptz not null,
  hold_reason           text,
  severity              text not null,
  impact                text,
  urgency               text,
  risk                  text,
  priority              text,
  priority_reason       text not null,
  category              text,
  subcategory           text,
  error_code            text,
  reporter_id           text references users (id),
  opened_by             text not null,
  occurred_at           timestamptz,
  occurred_exact        boolean not null,
  opened_at             timestamptz not null,
  resolved_at           timestamptz,
  closed_at             timestamptz,
  team_id               text references teams (id),
  private               boolean not null,
  impact_now            text,
  trying                text,
  fields                json not null,
  confirmation          text not null check (confirmation in ('none', 'asked', 'confirmed', 'refused')),
  confirmation_asked_at timestamptz,
  confirmation_round    integer not null,
  foreign key (type, process_version) references incident_processes (slug, version)
);
create index incidents_open on incidents (number desc) where state_kind = 'open';
create index incidents_team on incidents (team_id);
create index incidents_opened on incidents (opened_at);
create index incidents_reporter on incidents (reporter_id);

create table incident_services (
  incident_id text not null references incidents (id) on delete cascade,
  service_id  text not null references services (id),
  primary key (incident_id, service_id)
);
create index incident_services_service on incident_services (service_id);

create table incident_states (
  incident_id text not null references incidents (id) on delete cascade,
  seq         integer not null,
  state       text not null,
  kind        text not null,
  entered_at  timestamptz not null,
  primary key (incident_id, seq)
);

create table incident_roles (
  incident_id text not null references incidents (id) on delete cascade,
  role        text not null,
  user_id     text not null references users (id),
  assigned_at timestamptz not null,
  primary key (incident_id, role)
);
create index incident_roles_user on incident_roles (user_id);

create table incident_responders (
  incident_id text not null references incidents (id) on delete cascade,
  user_id     text not null references users (id),
  joined_at   timestamptz not null,
  primary key (incident_id, user_id)
);
create index incident_responders_user on incident_responders (user_id);

-- Everything that people wrote. The record holds the id and the keyed hash of a text; with `erased_at` text, detail and salt are gone.
create table incident_texts (
  id          text primary key,
  incident_id text not null references incidents (id) on delete cascade,
  kind        text not null,
  text        text,
  detail      text,
  salt        text,
  hash        text not null,
  written_by  text not null,
  written_at  timestamptz not null,
  erased_at   timestamptz
);
create index incident_texts_incident on incident_texts (incident_id);

create table incident_tasks (
  id          text primary key,
  incident_id text not null references incidents (id) on delete cascade,
  text_id     text not null references incident_texts (id),
  assignee_id text references users (id),
  due_at      timestamptz,
  done_at     timestamptz,
  done_by     text,
  added_at    timestamptz not null
);
create index incident_tasks_incident on incident_tasks (incident_id);
create index incident_tasks_assignee on incident_tasks (assignee_id) where done_at is null;

create table incident_hypotheses (
  id              text primary key,
  incident_id     text not null references incidents (id) on delete cascade,
  text_id         text not null references incident_texts (id),
  state           text not null check (state in ('suspected', 'testing', 'confirmed', 'refuted')),
  owner_id        text references users (id),
  test_text_id    text references incident_texts (id),
  outcome_text_id text references incident_texts (id),
  added_by        text not null,
  added_at        timestamptz not null,
  changed_at      timestamptz not null
);
create index incident_hypotheses_incident on incident_hypotheses (incident_id);

create table incident_decisions (
  id          text primary key,
  incident_id text not null references incidents (id) on delete cascade,
  text_id     text not null references incident_texts (id),
  decided_by  text not null,
  decided_at  timestamptz not null
);
create index incident_decisions_incident on incident_decisions (incident_id);

-- `opened`: the incident was opened by this group; a group opens one incident at most.
create table incident_groups (
  incident_id text not null references incidents (id) on delete cascade,
  group_id    text not null references alert_groups (id),
  opened      boolean not null,
  linked_at   timestamptz not null,
  primary key (incident_id, group_id)
);
create unique index incident_groups_opened on incident_groups (group_id) where opened;
create index incident_groups_group on incident_groups (group_id);

create table incident_clocks (
  incident_id    text not null references incidents (id) on delete cascade,
  sla            text not null,
  target_seconds integer,
  started_at     timestamptz not null,
  paused_at      timestamptz,
  paused_seconds double precision not null,
  met_at         timestamptz,
  warned_at      timestamptz,
  breached_at    timestamptz,
  primary key (incident_id, sla)
);

-- The timeline of an incident holds what happened to its alert groups: alerts that joined, pages that ran.
create index events_group on events ((about ->> 'group'), position) where about ->> 'group' is not null;
