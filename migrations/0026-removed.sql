-- Owner: platform. Before a team, a service or a schedule is removed the database looks in every table that may name it, whatever has happened since, and in
-- these there was nothing to look by: with 100,000 alerts it read all of them.

create index alerts_team on alerts (team_id) where team_id is not null;
create index alert_groups_team on alert_groups (team_id) where team_id is not null;
create index alert_groups_service on alert_groups (service_id) where service_id is not null;
create index pages_team on pages (team_id) where team_id is not null;
create index runs_team on runs (team_id) where team_id is not null;
create index runs_incident_team on runs (incident_team_id) where incident_team_id is not null;
create index schedule_overrides_all on schedule_overrides (schedule_id);
create index shift_offers_schedule on shift_offers (schedule_id);
create index shift_offers_override on shift_offers (override_id) where override_id is not null;
create index calendar_links_schedule on calendar_links (schedule_id) where schedule_id is not null;
