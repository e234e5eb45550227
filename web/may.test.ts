// A button is there for whom the server would obey: the same table as authorize.ts, from the session's side.
import { expect, test } from 'vitest'
import { mayOf } from './may.ts'

const payments = { id: 'tem_1', slug: 'payments', name: 'Payments', role: 'lead', may: ['oncall:configure', 'oncall:respond'] } as const
const lead = mayOf({ may: ['oncall:read'], teams: [{ ...payments, id: 'tem_1' as never, may: [...payments.may] }] })
const manager = mayOf({ may: ['oncall:configure'], teams: [] })

test('nobody may anything before the session is known, not even what everybody may', () => {
  expect(mayOf(undefined)('oncall.addSchedule')).toBe(false)
  expect(mayOf(undefined)('oncall.acceptShift')).toBe(false)
})

test('what everybody may who is signed in needs no permission', () => {
  expect(lead('oncall.acceptShift')).toBe(true)
  expect(lead('directory.makeToken', null)).toBe(true)
})

test('a permission of the role holds for every team, and for what belongs to none', () => {
  expect(manager('oncall.addSchedule', 'tem_9')).toBe(true)
  expect(manager('oncall.addSchedule', null)).toBe(true)
  expect(manager('oncall.addOverride', null)).toBe(false)
})

test('a permission of a team holds for what belongs to it, by id or slug, and for nothing else', () => {
  expect(lead('oncall.addOverride', 'tem_1')).toBe(true)
  expect(lead('oncall.addOverride', 'payments')).toBe(true)
  expect(lead('oncall.addOverride', 'tem_9')).toBe(false)
  expect(lead('oncall.addOverride', null)).toBe(false)
})

test('what belongs to two teams needs the permission for both', () => {
  expect(lead('oncall.changeSchedule', 'payments', 'payments')).toBe(true)
  expect(lead('oncall.changeSchedule', 'payments', 'search')).toBe(false)
  expect(lead('oncall.changeSchedule', 'payments', null)).toBe(false)
})

test('where the team is not known, one team for which it holds is enough', () => {
  expect(lead('oncall.addSchedule')).toBe(true)
  expect(lead('oncall.addSchedule', undefined)).toBe(true)
  expect(lead('directory.addService')).toBe(false)
})
