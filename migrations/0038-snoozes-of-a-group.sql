-- Owner: alerts. Whoever joins a group that somebody has asks until when it is snoozed: found without looking through all that ever happened to the group.
create index events_snoozed on events ((about ->> 'group'), position) where type = 'group.snoozed';
