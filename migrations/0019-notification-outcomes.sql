-- Owner: notifications. What became of the latest deliveries, by channel.

create index notifications_by_settling on notifications (settled_at) where settled_at is not null;
