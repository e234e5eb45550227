-- Owner: status. How somebody has said that a component is, without an incident, until it works again: it comes back when an incident that took over ends.

alter table components add column by_hand text check (by_hand in ('maintenance', 'slow', 'partly-down', 'down'));
