// What may be read to its end by a statement that finds by key, and why. Whatever nothing needs any more has to go (plans.test.ts).
import type { Noted } from '#scenarios/world/noted.ts'

/** Tables with few rows, however large an organisation is and however long it works. */
export const few: Readonly<Record<string, string>> = {
  components: 'Parts of what an organisation offers: some dozens.',
  incident_processes: 'Written by hand, with their versions.',
  inhibition_rules: 'Written by hand.',
  integrations: 'One for each sender that was set up.',
  maintenances: 'Planned work: some a week.',
  nodes: 'One for each machine.',
  quiet: 'One row, while a restored copy waits.',
  routes: 'Written by hand.',
  source_marks: 'One row.',
  spools: 'One for each file of a node, for a month.',
  status_page_components: 'As many as are shown on a page.',
  status_pages: 'Set up by hand.',
  time_intervals: 'Written by hand.',
}

/** Indexes of a few rows of a table that grows. */
export const short: Readonly<Record<string, string>> = {
  jobs_parked: 'What was set aside for somebody to look at.',
  maintenances_open: 'Planned work that is not over.',
  run_asks_open: 'What waits for somebody at this moment.',
  subscribers_asked: 'Addresses that are not confirmed yet: there is a most of them, and an hour later they are gone.',
  teams_open: 'Teams that hide nothing.',
  users_administrators: 'Those who administer.',
}

export type Allowed = { table: string; place: string; text: RegExp; because: string }

/** Statements that have to read all of a table. */
export const allowed: readonly Allowed[] = [
  {
    table: 'alerts',
    place: 'src/domains/alerts/rule-store.ts',
    text: /^select open\.id, open\.title, open\.labels/,
    because:
      'What may hold back others is looked for among all that is open, where there is a rule for it: which labels it asks for nobody knows before.',
  },
  {
    table: 'backlog',
    place: 'src/domains/alerts/backlog-store.ts',
    text: /^select coalesce\(sum\(count\), 0\)/,
    because: 'All that waits is summed for the metric, once for each round in which a piece of every integration is read.',
  },
  {
    table: 'unread_requests',
    place: 'src/domains/alerts/backlog-store.ts',
    text: /^select coalesce\(sum\(count\), 0\)/,
    because: 'The other half of that sum.',
  },
  {
    table: 'events',
    place: 'src/platform/record/heads-store.ts',
    text: /^select distinct on \(stream\)/,
    because: 'Where every chain of the record ends is signed every six hours.',
  },
  {
    table: 'integrations',
    place: 'src/domains/alerts/integration-store.ts',
    text: /^select i\.id, i\.kind, i\.key_hash/,
    because: 'A node knows all keys: they are read when it starts, and when one, or a service, was changed.',
  },
  {
    table: 'jobs',
    place: 'src/platform/jobs/store.ts',
    text: /^select due from jobs where .* order by due, id limit/,
    because: 'It ends at the first one of its sorts: what it passes over is due itself, or of a newer version.',
  },
  {
    table: 'jobs',
    place: 'src/platform/jobs/store.ts',
    text: /^delete from jobs where kind = 'recurring'/,
    because: 'Once when a node starts.',
  },
  {
    table: 'jobs',
    place: 'src/platform/jobs/store.ts',
    text: /^select jobs\.kind, .* count\(\*\)/,
    because: 'Once when a restored copy begins to work.',
  },
  {
    table: 'users',
    place: 'src/domains/directory/store.ts',
    text: /order by handle limit/,
    because: 'What is written as files is compared with everybody.',
  },
  {
    table: 'services',
    place: 'src/domains/directory/store.ts',
    text: /order by services\.slug limit/,
    because: 'What is written as files is compared with every service.',
  },
  {
    table: 'runbooks',
    place: 'src/domains/runbooks/store.ts',
    text: /order by b\.slug limit/,
    because: 'What is written as files is compared with every runbook.',
  },
  {
    table: 'schedules',
    place: 'src/domains/oncall/schedule-store.ts',
    text: /order by s\.name, s\.slug/,
    because: 'What is written as files is compared with every schedule.',
  },
  {
    table: 'policies',
    place: 'src/domains/oncall/schedule-store.ts',
    text: /order by p\.name, p\.slug/,
    because: 'What is written as files is compared with every policy; and a schedule is removed when none names it.',
  },
]

/** Statements that no test sends where it is noted. */
export const unsent: readonly Omit<Allowed, 'table'>[] = [
  {
    place: 'src/platform/database/',
    text: /./,
    because: 'The machinery sends them below the place where statements are noted; its own tests stand beside it.',
  },
]

/** These read everything: a migration once, a back-up and its restoring because that is what they are for. */
export const readsAll = ({ place }: Pick<Noted, 'place'>): boolean => /^src\/platform\/(backup\/|database\/migrate\.ts)/.test(place)
