-- Owner: platform. While this row is there the installation is quiet: it is a restored copy, and no work is done until an administrator says go.
create table quiet (
  id             integer primary key check (id = 1),
  since          timestamptz not null,
  backup_at      timestamptz not null,
  backup_version text not null
);
