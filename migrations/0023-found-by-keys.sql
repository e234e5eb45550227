-- Owner: platform. Statements that find by key (ADR 13) and had no index for it, of several slices: each read all of a table that grows.

-- What walls are asked by: which teams are open. To read a table wholly counts as so dear in such a plan that beside it every way to the other tables
-- seems alike, and one that walks a whole index is as good as any.
create index teams_open on teams (id) where not members_only;
create index users_administrators on users (handle) where role = 'administrator' and disabled_at is null;
-- What is held back is looked at again every fifteen seconds.
create index alerts_suppressed on alerts (last_at) where state = 'suppressed';
-- What was set aside is counted with every heartbeat.
create index jobs_parked on jobs (parked_at desc) where parked_at is not null;
-- What is over is forgotten every hour.
create index processes_ended on processes (ended_at) where ended_at is not null;
create index sessions_expires on sessions (expires_at);
create index maintenances_open on maintenances (ends_at) where ended_at is null and canceled_at is null;
