-- Owner: alerts. What is urgent, and what is set apart, is found at once however much else is open: these indexes hold it alone, with what lists are filtered
-- by. To walk all that is open for the one in a thousand that is critical took a tenth of a second.

create index alerts_critical on alerts (last_at desc, id desc) include (state, severity, team_id, service_id, integration_id)
  where severity = 'critical' and state <> 'resolved';
create index alerts_apart on alerts (state, last_at desc, id desc) include (severity, team_id, service_id, integration_id)
  where state in ('acknowledged', 'suppressed');
-- Whose place that one takes.
drop index alerts_suppressed;
