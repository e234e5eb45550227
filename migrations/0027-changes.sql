-- Owner: changes. What was changed, by whatever deploys, switches or migrates: it is shown beside what breaks after it.

create table changes (
  id             text primary key,
  service_id     text references services (id) on delete set null,
  team_id        text,
  integration_id text,
  summary        text not null,
  source         text not null,
  links          json not null,
  details        json,
  at             timestamptz not null,
  recorded_at    timestamptz not null,
  recorded_by    text not null
);
create index changes_at on changes (at desc, id desc);
create index changes_service on changes (service_id, at desc, id desc);
