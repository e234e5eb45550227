// Promises of the timeline's kinds: what each event is drawn as, also those of slices that come later.
import { expect, test } from 'vitest'
import { kindOf } from './timeline.ts'

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
