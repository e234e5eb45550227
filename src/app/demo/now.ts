// How Fernhill stands when the demo begins: a serious problem that is being worked on, one that is almost over, and a page that waits for Mara.
import { addSeconds, inZone, type Instant } from '#kernel/time.ts'
import { integrationKeys, signalOf } from './ordinary-days.ts'
import { play } from './incidents.ts'
import type { Stage } from './stage.ts'

/** From two hours before `end` to `end`. */
export async function playToNow(stage: Stage, end: Instant): Promise<void> {
  const before = (minutes: number) => addSeconds(end, -minutes * 60)
  const prometheus = integrationKeys.prometheus
  const release = inZone(before(43), 'Europe/Berlin').toPlainTime().toString({ smallestUnit: 'minute' })

  await putMaraOnCall(stage, end)
  await play(
    stage,
    {
      daysAgo: 0,
      hour: 0,
      begins: {
        declares: 'oskar',
        input: {
          title: 'Label printer queue backs up',
          services: ['shipping-labels'],
          severity: 'SEV3',
          description: 'Labels print up to ten minutes late.',
        },
      },
      acts: [
        [2, 'oskar', 'incidents.assignRole', { role: 'commander', user: 'oskar' }],
        [4, 'oskar', 'incidents.changeState', { to: 'investigating' }],
        [20, 'oskar', 'incidents.changeState', { to: 'fixing', reason: 'A stuck worker is restarted.' }],
        [
          25,
          'oskar',
          'status.publishUpdate',
          {
            state: 'Fixing',
            text: 'Parcels of the last half hour leave one hour late.',
            whoIsHit: 'Parcels of the last half hour: they leave one hour late.',
            components: [{ component: 'orders', status: 'slow' }],
          },
        ],
        [40, 'oskar', 'incidents.changeState', { to: 'monitoring' }],
      ],
    },
    before(130),
  )

  await stage.until(before(80))
  await stage.ask('kenji', 'silences.add', {
    name: 'orders-db failover rehearsal',
    matchers: 'service=orders-db',
    endsAt: addSeconds(end, 79 * 60),
  })
  await stage.send(
    prometheus,
    signalOf({ alertname: 'ReplicaLag', title: 'Replica lag above 30 s', service: 'orders-db', severity: 'error' }, 'trigger'),
  )

  await stage.until(before(43))
  await stage.ask('tunde', 'changes.record', {
    summary: '4.18.2 was deployed',
    service: 'payments-gateway',
    source: 'deploy pipeline',
    links: [{ href: 'https://ci.fernhill.example/payments-gateway/4.18.2', text: '4.18.2' }],
  })

  const failing = {
    alertname: 'CardPaymentsFailing',
    title: 'Card payments failing above 1 %',
    service: 'payments-gateway',
    severity: 'critical' as const,
    body: '8.2 % of card payments in eu-west fail, normally 0.3 %.',
    labels: { cluster: 'eu-west', region: 'eu-west' },
  }
  const number = await play(
    stage,
    {
      daysAgo: 0,
      hour: 0,
      begins: { alert: failing },
      acts: [
        [2, 'mara', 'incidents.assignRole', { role: 'commander', user: 'mara' }],
        [3, 'mara', 'incidents.change', { title: 'Card payments fail at checkout in the EU' }],
        [3, 'mara', 'incidents.setSeverity', { severity: 'SEV1', reason: 'Revenue path, more than one country.' }],
        [3, 'mara', 'incidents.changeState', { to: 'investigating' }],
        [4, 'mara', 'incidents.assignRole', { role: 'operations', user: 'tunde' }],
        [4, 'mara', 'incidents.assignRole', { role: 'communications', user: 'ines' }],
        [
          7,
          'ines',
          'status.publishUpdate',
          {
            state: 'Investigating',
            headline: 'Some card payments in Europe fail',
            text: 'Some customers in Europe cannot pay by card. We are looking for the cause. PayPal and bank transfer work.',
            whoIsHit: 'Customers in the EU who pay by card: 1 in 12 fails. PayPal and bank transfer work.',
            whatWeDo: 'We look for the cause.',
            whatToSay: 'You were not charged. Please try PayPal, or try again in 15 minutes.',
            components: [{ component: 'card-payments', status: 'partly-down' }],
            nextUpdateInMinutes: 30,
          },
        ],
        [
          8,
          'oskar',
          'incidents.addHypothesis',
          { statement: 'Retries overload the acquirer', test: 'Halve the retries in one region', testing: true },
        ],
        [
          9,
          'tunde',
          'incidents.addHypothesis',
          { statement: '4.18.2 drops the 3-D Secure callback', test: 'Replay 20 callbacks', testing: true },
        ],
        [14, 'tunde', 'incidents.addNote', { text: `Errors began at ${release}, with the release of payments-gateway 4.18.2.` }],
        [16, 'priya', 'incidents.addNote', { text: 'Support has 41 tickets, all Visa and Mastercard in DE, FR, NL. PayPal is fine.' }],
        [19, 'mara', 'incidents.changeState', { to: 'fixing', reason: 'The release is the cause; rolling back.' }],
        [20, 'mara', 'incidents.addTask', { title: 'Count orders to re-charge', assignee: 'leila' }],
        [20, 'mara', 'incidents.addTask', { title: 'Stop the 4.18.2 pipeline for all regions', assignee: 'oskar' }],
        [21, 'mara', 'incidents.addTask', { title: "Tell the acquirer's support desk" }],
        [24, 'tunde', 'runbooks.start', { runbook: 'bad-deploy', inputs: { service: 'payments-gateway' } }],
        [
          27,
          'ines',
          'status.publishUpdate',
          {
            state: 'Fixing',
            text: `Some card payments in Europe are failing. We have found the cause, a release of ${release}, and are undoing it. PayPal and bank transfer work. You were not charged for a payment that failed.`,
            whoIsHit: 'Customers in the EU who pay by card: 1 in 20 fails, it was 1 in 12. PayPal and bank transfer work.',
            whatWeDo: `The release of ${release} is being undone.`,
            whenItEnds: 'We expect most payments to work within half an hour. If not, we switch to the second payment provider.',
            whatToSay: 'You were not charged. Please try PayPal, or try again in 15 minutes.',
            components: [{ component: 'card-payments', status: 'partly-down' }],
            nextUpdateInMinutes: 16,
          },
        ],
      ],
    },
    before(39),
  )
  await workTheRunbook(stage, number, before(8))

  await stage.until(before(6))
  await stage.ask('anders', 'changes.record', {
    summary: 'Search index rebuilt with the new stemmer',
    service: 'catalogue-search',
    source: 'index job',
  })
  await stage.until(before(1.5))
  await stage.send(
    prometheus,
    signalOf(
      {
        alertname: 'SearchP95',
        title: 'Catalogue search answers slowly in all regions',
        service: 'catalogue-search',
        severity: 'error',
        body: 'p95 is 2.8 s in eu-west and us-east, normally 310 ms.',
        labels: { region: 'us-east' },
      },
      'trigger',
    ),
  )
  await stage.until(before(0.8))
  await stage.send(
    prometheus,
    signalOf(
      { alertname: 'CertificateExpires', title: 'Certificate expires in 21 days', service: 'identity', severity: 'info' },
      'trigger',
    ),
    signalOf({ alertname: 'SlowQuery', title: 'Slow query on reports', service: 'reporting', severity: 'info' }, 'trigger'),
  )
  await stage.until(end)
}

/** Whoever's week it is: at the end the page must be Mara's, for she is who signs in. */
async function putMaraOnCall(stage: Stage, end: Instant): Promise<void> {
  const { people } = await stage.ask<{ people: { handle: string }[] }>('mara', 'oncall.who', { schedule: 'search', at: end })
  if (people.some(({ handle }) => handle === 'mara')) return
  await stage.ask('anders', 'oncall.addOverride', {
    schedule: 'search',
    add: 'mara',
    from: addSeconds(end, -6 * 3600),
    to: addSeconds(end, 42 * 3600),
    why: 'swapped with Anders',
  })
}

/** Roll back, approved: the run then asks whether it helped, and waits. */
async function workTheRunbook(stage: Stage, incident: string, at: Instant): Promise<void> {
  const { items } = await stage.ask<{ items: { number: number }[] }>('mara', 'runbooks.listRuns', { incident })
  const run = String(items[0]!.number)
  await stage.until(addSeconds(at, -360))
  await stage.ask('mara', 'incidents.decide', {
    incident,
    title: 'Roll back rather than fix forward',
    reason: 'The fix needs a 25 min build; the rollback takes 6 and was rehearsed on Thursday.',
  })
  await stage.ask('mara', 'runbooks.answer', { run, step: 'choose', answer: 'roll_back' })
  await stage.pass(88)
  const { pending } = await stage.ask<{ pending: { hash: string | null } | null }>('tunde', 'runbooks.getRun', { run })
  await stage.ask('tunde', 'runbooks.approve', { run, step: 'approve_rollback', hash: pending!.hash!, note: 'Rehearsed on Thursday, go.' })
  await stage.until(at)
  await stage.ask('tunde', 'incidents.addNote', { incident, text: 'New pods look healthy, callbacks arrive again.' })
}
