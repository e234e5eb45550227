-- Owner: alerts. The groups that somebody has are found at once, however many nobody has: to walk all that is open for them took 60 ms of 20,000.

create index alert_groups_acknowledged on alert_groups (changed_at desc, id desc) include (state, team_id) where state = 'acknowledged';
