-- Owner: reviews. What was learned from an incident, and the work that comes out of it.

create table reviews (
  id           text primary key,
  incident_id  text not null unique,
  owner_id     text references users (id) on delete set null,
  due_on       text not null,
  opened_at    timestamptz not null,
  published_at timestamptz,
  published_by text
);
create index reviews_owner on reviews (owner_id);

create table review_sections (
  review_id  text not null references reviews (id) on delete cascade,
  id         text not null,
  position   integer not null,
  title      text not null,
  prompt     text not null,
  required   boolean not null,
  text       text not null default '',
  changed_by text,
  changed_at timestamptz,
  primary key (review_id, id)
);

create table action_items (
  id         text primary key,
  review_id  text not null references reviews (id) on delete cascade,
  title      text not null,
  owner_id   text references users (id) on delete set null,
  due_on     text,
  done_at    timestamptz,
  done_by    text,
  created_at timestamptz not null
);
create index action_items_review on action_items (review_id);
create index action_items_owner on action_items (owner_id) where done_at is null;
