-- Owner: alerts. Which open alerts may hold back others: an inhibition finds them at once however much else is open. To look for one among 100,000 took a
-- third of a second, for each transaction that takes alerts in.

-- By the labels that it came with; null where nobody has looked.
alter table alerts add column may_inhibit boolean;
create index alerts_sources on alerts (last_at desc, id desc) where state <> 'resolved' and may_inhibit is not false;

-- The rules by which open alerts are marked, or are being marked up to this one in the order of their keys.
create table source_marks (
  rules           text primary key,
  noticed_at      timestamptz not null,
  integration_id  text not null default '',
  dedup_key       text not null default '',
  marked_at       timestamptz
);
