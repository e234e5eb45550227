-- Owner: alerts. Lists stay quick while very many alerts are open. A row is 2 kB wide, most of it the rules that were tried, so that a page which few match
-- must not be found by reading rows: the first index holds what lists are filtered and counted by, and `alert_texts` what is searched, in 100 bytes each.
-- The indexes whose place they take go, so that an alert has as many entries as before.

create index alerts_open_list on alerts (last_at desc, id desc) include (state, severity, team_id, service_id, integration_id)
  where state <> 'resolved';
create index alerts_resolved_list on alerts (last_at desc, id desc) where state = 'resolved';
drop index alerts_last;
create index alerts_group_list on alerts (group_id, last_at desc, id desc);
drop index alerts_group;

create index alert_groups_list on alert_groups (changed_at desc, id desc) include (state, team_id);
create index alert_groups_open_list on alert_groups (changed_at desc, id desc) include (state, team_id) where state <> 'resolved';
drop index alert_groups_changed;

create table alert_texts (
  alert_id text primary key,
  text     text not null
);
insert into alert_texts select id, lower(title || chr(10) || dedup_key) from alerts;
