-- Owner: alerts. What a node had in its file while the database was away is read after what others took in meanwhile. When its source said last that an alert
-- fires, the newest end of a key, and ends of which the beginning has not come yet tell what of it is over, and what began anew.

alter table alerts add column heard_at timestamptz;
create index alerts_ended on alerts (integration_id, dedup_key, resolved_at desc) where state = 'resolved';

-- A row that says -infinity is one that may have ended, which is being read.
create table early_ends (
  integration_id text not null,
  dedup_key      text not null,
  heard_at       timestamptz not null default '-infinity',
  primary key (integration_id, dedup_key)
);
create index early_ends_heard on early_ends (heard_at);
