-- Owner: changes. What was changed on an incident's services stands in its timeline: found by the change, as what happened to a group is by the group.

create index events_change on events ((about ->> 'change'), position) where about ->> 'change' is not null;
