-- Owner: platform. How the database links what is written to the record (`platform/events/append.ts`): each link's hash is made of the one before and its own
-- bytes.

create function hash_behind(previous bytea, link bytea) returns bytea language sql immutable return sha256(previous || link);
create aggregate hash_chain(bytea) (sfunc = hash_behind, stype = bytea, initcond = '');
