-- Owner: runbooks. What each of those who approved said: one row of a step that needs two approvals had room for one note, and the second replaced the first.

alter table run_approvals add column note text;
