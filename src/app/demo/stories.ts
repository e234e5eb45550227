// What happened at Fernhill in the last month, incident by incident.
import type { Story } from './incidents.ts'

const state = (to: string, reason?: string) => ({ to, ...(reason ? { reason } : {}) })

export const stories: readonly Story[] = [
  {
    daysAgo: 27,
    hour: 9,
    begins: {
      alert: { alertname: 'CheckoutDown', title: 'Checkout answers with errors, all regions', service: 'checkout', severity: 'critical' },
    },
    acts: [
      [3, 'ines', 'incidents.assignRole', { role: 'commander', user: 'ines' }],
      [4, 'ines', 'incidents.changeState', state('investigating')],
      [
        6,
        'daniel',
        'incidents.addHypothesis',
        {
          statement: 'The tax service is slow and the pool of connections runs out',
          test: 'Look at waiting requests per pool',
          testing: true,
        },
      ],
      [
        9,
        'ines',
        'status.publishUpdate',
        {
          state: 'Investigating',
          text: 'Orders cannot be placed at the moment. We are looking for the cause.',
          whoIsHit: 'Everybody who wants to order.',
          whatWeDo: 'We look for the cause.',
          components: [{ component: 'website', status: 'down' }],
          nextUpdateInMinutes: 30,
        },
      ],
      [16, 'daniel', 'incidents.addNote', { text: 'All 40 connections wait for the tax service. Its time-out is 30 s.' }],
      [19, 'ines', 'incidents.decide', { title: 'Switch tax rounding off', reason: 'It is behind a flag; orders can be corrected later.' }],
      [20, 'ines', 'incidents.changeState', state('fixing', 'The flag is switched off.')],
      [26, 'ines', 'incidents.changeState', state('monitoring')],
      [
        44,
        'ines',
        'incidents.changeState',
        {
          ...state('resolved', 'Orders are placed as before.'),
          fields: {
            rootCause: 'The pool of connections was shared with a slow service.',
            resolution: 'Tax rounding was switched off by its flag.',
          },
        },
      ],
    ],
    clearsAfter: 25,
    review: {
      owner: 'ines',
      publishes: true,
      sections: {
        summary:
          'For 26 minutes no order could be placed. A slow service took every connection of the checkout. Switching off one flag ended it.',
        impact: 'About 3,100 orders were not placed between 10:01 and 10:27 CET. Baskets were kept; two thirds came back within the day.',
        detection: 'The alert on errors came after 60 s. Nothing watched the pool of connections itself.',
        response:
          'The flag was known to the team and worked at once. Finding it took 15 minutes, because the graph of the pool was not on the dashboard.',
        causes: 'One pool for all outgoing calls, and a time-out of 30 s where 1 s would do.',
        lessons: 'A service that is not needed for an order must not be able to stop one.',
        actions: 'A pool for each service, a time-out of 1 s, the pool on the dashboard.',
      },
      actions: [
        { title: 'A pool of connections for each service', owner: 'daniel', inDays: 14, done: true },
        { title: 'Show the pools on the checkout dashboard', owner: 'ines', inDays: 7, done: true },
      ],
    },
  },
  {
    daysAgo: 24,
    hour: 13,
    begins: {
      declares: 'tom',
      input: {
        type: 'itil',
        title: 'Labels print with an empty address',
        description: 'Three packers in Hall 2 say that every tenth label has no street. Printing it again helps.',
        services: ['shipping-labels'],
        reporter: 'ruth',
        category: 'software',
        impact: 'moderate',
        urgency: 'medium',
      },
    },
    acts: [
      [4, 'tom', 'incidents.assignRole', { role: 'assignee', user: 'tom' }],
      [6, 'tom', 'incidents.changeState', state('classified')],
      [20, 'tom', 'incidents.bringIn', { user: 'oskar', note: 'You know the label service.' }],
      [25, 'oskar', 'incidents.changeState', state('investigating')],
      [
        40,
        'oskar',
        'incidents.addHypothesis',
        { statement: 'Addresses longer than 40 characters are cut', test: 'Print 20 long addresses' },
      ],
      [
        75,
        'oskar',
        'incidents.changeState',
        {
          ...state('recovering'),
          fields: { diagnosis: 'The template drops a street that is longer than its field.', workaround: 'Print the label again.' },
        },
      ],
      [
        170,
        'oskar',
        'incidents.changeState',
        {
          ...state('resolved'),
          fields: {
            resolution: 'The field wraps now.',
            retest: 'Passed',
            rootCause: 'The new label template was tested with short addresses only.',
          },
        },
      ],
      [260, 'ruth', 'incidents.confirm', { works: true, note: 'Forty labels, all right.' }],
    ],
  },
  {
    daysAgo: 19,
    hour: 1,
    begins: {
      alert: {
        alertname: 'OrdersDbPrimary',
        title: 'orders-db primary does not answer',
        service: 'orders-db',
        severity: 'critical',
        body: 'Write latency above 10 s on two of three nodes.',
      },
    },
    acts: [
      [5, 'kenji', 'incidents.assignRole', { role: 'commander', user: 'kenji' }],
      [5, 'kenji', 'incidents.setSeverity', { severity: 'SEV2', reason: 'Orders are read, not placed.' }],
      [6, 'kenji', 'incidents.changeState', state('investigating')],
      [12, 'kenji', 'incidents.addHypothesis', { statement: 'A disk of the primary fails', test: 'Read its counters', testing: true }],
      [
        15,
        'kenji',
        'incidents.decide',
        { title: 'Fail over to the second node', reason: 'The disk reports 40 errors a minute; the replica is 2 s behind.' },
      ],
      [16, 'kenji', 'incidents.changeState', state('fixing')],
      [23, 'kenji', 'incidents.changeState', state('monitoring')],
      [
        70,
        'kenji',
        'incidents.changeState',
        {
          ...state('resolved', 'Writes take 4 ms again.'),
          fields: { rootCause: 'A disk at the end of its life.', resolution: 'Failed over; the disk is replaced.' },
        },
      ],
    ],
    clearsAfter: 22,
    review: {
      owner: 'kenji',
      publishes: true,
      sections: {
        summary: 'A failing disk slowed the orders database for 23 minutes at night. Failing over by hand ended it.',
        impact: 'About 60 orders took longer than a minute. None was lost.',
        detection: 'Paged after 60 s. The disk had reported errors for two days, and nobody was told.',
        response: 'The rehearsed fail-over took 7 minutes.',
        causes: 'Errors of disks were collected and never looked at.',
        lessons: 'A rehearsed fail-over is quick at any hour.',
        actions: 'Alert on errors of disks; fail over by itself.',
      },
      actions: [
        { title: 'Alert on the errors of disks', owner: 'oskar', inDays: 10, done: true },
        { title: 'Let orders-db fail over by itself', owner: 'kenji', inDays: 45 },
      ],
    },
  },
  {
    daysAgo: 11,
    hour: 8,
    begins: {
      alert: { alertname: 'SignInFails', title: 'Sign-in fails for one customer in four', service: 'identity', severity: 'critical' },
    },
    acts: [
      [3, 'oskar', 'incidents.assignRole', { role: 'commander', user: 'oskar' }],
      [3, 'oskar', 'incidents.changeState', state('investigating')],
      [
        7,
        'oskar',
        'status.publishUpdate',
        {
          state: 'Investigating',
          text: 'Some customers cannot sign in. Who is signed in already can go on.',
          headline: 'Sign-in fails for some',
          components: [{ component: 'sign-in', status: 'partly-down' }],
          nextUpdateInMinutes: 30,
        },
      ],
      [
        12,
        'leila',
        'incidents.addHypothesis',
        { statement: 'Tokens expire early since the clock of a node changed', test: 'Compare the clocks', testing: true },
      ],
      [18, 'oskar', 'incidents.changeState', state('fixing', 'The node is taken out; tokens of the last hour are made anew.')],
      [
        26,
        'oskar',
        'incidents.changeState',
        {
          ...state('resolved', 'No failed sign-in for 5 minutes.'),
          fields: { rootCause: 'A node lost its time server and ran 70 minutes ahead.', resolution: 'Taken out, clock set, put back.' },
        },
      ],
    ],
    clearsAfter: 24,
    review: {
      owner: 'mara',
      publishes: false,
      sections: {
        summary: 'For 26 minutes one sign-in in four failed. A node whose clock ran ahead took tokens for expired.',
        impact: 'About 1,900 people could not sign in; 41 wrote to support.',
        detection: 'The alert came after 2 minutes.',
        causes: 'A node without a time server is not noticed.',
      },
      actions: [
        { title: 'Alert on callback loss, not only on failures', owner: 'mara', inDays: 12 },
        { title: 'Rehearse rollback with the Payments team', owner: 'mara', inDays: 14 },
      ],
    },
  },
  {
    daysAgo: 6,
    hour: 15,
    begins: {
      declares: 'anders',
      input: {
        title: 'Search shows sold-out products first in the US',
        services: ['catalogue-search'],
        severity: 'SEV3',
        description: 'Support noticed it; about one search in five.',
      },
    },
    acts: [
      [5, 'anders', 'incidents.assignRole', { role: 'commander', user: 'anders' }],
      [8, 'anders', 'incidents.changeState', state('investigating')],
      [50, 'anders', 'incidents.changeState', state('fixing', 'The index of us-east is two days old; it is built anew.')],
      [
        130,
        'anders',
        'incidents.changeState',
        { ...state('resolved'), fields: { rootCause: 'The nightly build of the index skipped us-east.', resolution: 'Built anew.' } },
      ],
      [140, 'anders', 'incidents.close', {}],
    ],
  },
]
