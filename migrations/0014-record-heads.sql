-- Owner: platform. Signed lists of where every chain of the record ended: what was cut off or written anew afterwards does not fit them.
-- `heads` is emptied after some days; the row with its digest and signature stays longer.

create table record_heads (
  id        bigint generated always as identity primary key,
  at        timestamptz not null,
  streams   integer not null,
  entries   bigint not null,
  position  bigint not null,
  digest    text not null,
  signature text not null,
  heads     json
);
create index record_heads_at on record_heads (at desc);
