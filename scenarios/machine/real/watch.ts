// Watches the tables from inside the database: who claims which job when, which node came and went. And looks every second at what is overdue.
import type { Diary } from './diary.ts'

/** Asks the database, past every proxy. */
export type Query = <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>

/** `owner`: the node that holds the job from then on; null when it is free, 'done' when it is gone. `who`: the name of the node whose transaction it was. */
export type Claim = { at: Date; who: string; job: number; kind: string; was: string | null; owner: string | null }
/** A node's id. */
export type Entered = { at: Date; who: string; id: string }

/** What a node's address of the database says, so that it is known of each transaction whose it is. */
export const settingOf = (node: string): string => `options=${encodeURIComponent(`-c machine.node=${node}`)}`

/** The name of the connections of the node $1, as it last gave it itself. */
export const latest = 'select application from machine.entered where who = $1 order by at desc limit 1'

/** Writes down, in each transaction, what it does to jobs and nodes. */
export async function watchTables(query: Query): Promise<void> {
  await query(`
    create schema machine;
    create table machine.claims (at timestamptz not null, who text not null, job bigint not null, kind text not null, was text, owner text);
    create table machine.entered (at timestamptz not null, who text not null, id text not null, application text not null);
    create index on machine.claims (job);
    create function machine.claimed() returns trigger language plpgsql security definer as $$ begin
      insert into machine.claims values (clock_timestamp(), current_setting('machine.node'), coalesce(old.id, new.id), coalesce(old.kind, new.kind),
        old.owner, case tg_op when 'DELETE' then 'done' else new.owner end);
      return null;
    end $$;
    create function machine.entered() returns trigger language plpgsql security definer as $$ begin
      insert into machine.entered values (clock_timestamp(), current_setting('machine.node'), new.id, current_setting('application_name'));
      return null;
    end $$;
    create trigger adopted after insert on jobs for each row when (new.owner is not null) execute function machine.claimed();
    create trigger claimed after update of owner on jobs for each row when (old.owner is distinct from new.owner) execute function machine.claimed();
    create trigger done after delete on jobs for each row execute function machine.claimed();
    create trigger entered after insert on nodes for each row execute function machine.entered()`)
}

/** One entry of the record as it was read while the run was going on. */
export type Entry = { position: number; hash: string; readAt: number }

/** A job that nobody held although its time had come. `since`: when it fell due or was freed, whichever was later. */
export type Overdue = { job: number; kind: string; lane: string; since: number; seen: number }

const everyMs = 1000

/** Looks until it is ended; that this process had no time is written down too. */
export function lookAgainAndAgain(query: Query, diary: Diary): { overdue(): Overdue[]; entries: Entry[]; end(): void } {
  const latest = new Map<number, Overdue>()
  const entries: Entry[] = []
  let isOver = false
  let lastTick = Date.now()
  const tick = setInterval(() => {
    const late = Date.now() - lastTick - everyMs
    if (late > 500) diary.spans.push({ kind: 'too little processor', place: 'database', node: '', from: lastTick, to: Date.now() })
    lastTick = Date.now()
  }, everyMs)
  void (async () => {
    while (!isOver) {
      const rows = await query<{ id: string; kind: string; lane: string; since: Date; seen: Date }>(`
        select id, kind, lane, clock_timestamp() as seen, greatest(due, (select max(at) from machine.claims where job = jobs.id and claims.owner is null)) as since
        from jobs where owner is null and parked_at is null and due < clock_timestamp() - interval '5 seconds'`).catch(() => [])
      for (const { id, kind, lane, since, seen } of rows)
        latest.set(Number(id), { job: Number(id), kind, lane, since: since.getTime(), seen: seen.getTime() })
      const after = entries.at(-1)?.position ?? 0
      const read = await query<{ position: string; hash: string }>(
        `select position, encode(hash, 'hex') as hash from events where position > $1 order by position`,
        [after],
      ).catch(() => [])
      entries.push(...read.map(({ position, hash }) => ({ position: Number(position), hash, readAt: Date.now() })))
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  })()
  return {
    overdue: () => [...latest.values()],
    entries,
    end() {
      isOver = true
      clearInterval(tick)
    },
  }
}
