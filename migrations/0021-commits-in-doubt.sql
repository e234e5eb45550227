-- Owner: alerts. Commits of what came in, by the ids that they were given before they began: one whose answer nobody heard in time stands in a node's file
-- too, and is taken in from one of the two. from_file: it was the file.

create table intake_commits (
  id        text primary key,
  from_file boolean not null,
  at        timestamptz not null
);
create index intake_commits_at on intake_commits (at);
