-- Owner: alerts. Two foreign keys of the hottest table go: they cost 40 % of storing an alert, and what they point to is never deleted
-- (integrations are marked as deleted, groups are only resolved).
alter table alerts drop constraint alerts_integration_id_fkey;
alter table alerts drop constraint alerts_group_id_fkey;
