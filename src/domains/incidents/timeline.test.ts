// Promises of the timeline: what each event is drawn as, also those of slices that come later, and what was changed meanwhile.
import { expect, test } from 'vitest'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { changes, recordChange } from '#domains/changes/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { incidentTimeline, kindOf } from './timeline.ts'

test.each([
  ['incident.opened', 'state'],
  ['incident.state-changed', 'state'],
  ['incident.severity-changed', 'state'],
  ['incident.sla-breached', 'state'],
  ['incident.note-added', 'note'],
  ['incident.role-assigned', 'role'],
  ['incident.responder-joined', 'role'],
  ['incident.task-done', 'task'],
  ['incident.hypothesis-settled', 'hypothesis'],
  ['incident.decision-made', 'decision'],
  ['incident.group-linked', 'alert'],
  ['incident.update-due', 'update'],
  ['incident.page-failed', 'page'],
  ['alert.joined', 'alert'],
  ['group.acknowledged', 'alert'],
  ['page.escalated', 'page'],
  ['person.not-reached', 'page'],
  ['run.started', 'runbook'],
  ['approval.given', 'approval'],
  ['update.published', 'update'],
  ['review.published', 'review'],
  ['action-item.done', 'review'],
  ['something.new', 'state'],
])('%s is a %s', (type, kind) => expect(kindOf(type)).toBe(kind))

test('what was changed while it is open stands there, and the last change before it', async () => {
  const world = await createWorld(catalogueOf([directory, alerts, changes, notifications, oncall, incidents]))
  const owner = await world.person('otto', 'manager')
  const began = world.clock.now()
  for (const slug of ['carts', 'search']) await world.do(owner, addService, { slug, name: slug })
  const change = (summary: string, service: string | undefined, seconds: number) =>
    world.do(owner, recordChange, { summary, service, at: addSeconds(began, seconds) })
  await change('long ago', 'carts', -90_000)
  await change('the one before', 'carts', -240)
  await change('older', 'carts', -7200)
  const { key } = await world.do(owner, declareIncident, { title: 'Carts are empty', severity: 'SEV1', services: ['carts'] })
  await change('of another service', 'search', 0)
  world.clock.set(addSeconds(began, 600))
  await change('rolled back', 'carts', 60)
  await change('flags frozen', undefined, 600)
  const { items, counts } = await world.do(owner, incidentTimeline, { incident: key, only: 'changes' })
  await world.close()
  expect(items).toMatchObject([
    { kind: 'change', sentence: 'Changed: flags frozen', happenedAt: null },
    { kind: 'change', sentence: 'Changed: rolled back', happenedAt: addSeconds(began, 60) },
    { kind: 'change', sentence: 'Changed: the one before', happenedAt: addSeconds(began, -240) },
  ])
  expect(counts).toMatchObject({ changes: 3, everything: 5 })
})
