-- Owner: alerts. Files into which nodes wrote what came in while this database was away: how much of each was read.

create table spools (
  name    text primary key,
  read    integer not null,
  read_at timestamptz not null
);
