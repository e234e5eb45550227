-- Owner: reviews. The day (in its owner's zone) on which a person was last reminded of a review or an action item.

alter table reviews add column reminded_on text;
alter table action_items add column reminded_on text;
