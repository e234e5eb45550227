import { expect, test } from 'vitest'
import { audienceOf, type Place } from './audience.ts'

const shop: Place = { id: 'stp_1', slug: 'shop', name: 'Shop status', visibility: 'public', componentIds: ['cmp_pay', 'cmp_search'] }
const office: Place = { id: 'stp_2', slug: 'office', name: 'Office', visibility: 'internal', componentIds: ['cmp_wifi'] }
const pay = { id: 'cmp_pay', name: 'Card payments' }

test.each([
  ['chosen pages win over all', { chosen: ['office'], earlier: ['stp_1'], named: [pay] }, ['office'], 'Goes to Office: chosen.'],
  ['choosing none keeps it inside', { chosen: [], earlier: ['stp_1'], named: [pay] }, [], 'Stays inside: no status page was chosen.'],
  [
    'a page that shows a named component',
    { chosen: undefined, earlier: [], named: [pay] },
    ['shop'],
    'Goes to Shop status: Shop status shows Card payments.',
  ],
  [
    'a page that got earlier updates',
    { chosen: undefined, earlier: ['stp_2'], named: [pay] },
    ['shop', 'office'],
    'Goes to Shop status and Office: Shop status shows Card payments; Office got earlier updates.',
  ],
  ['naming nothing keeps it inside', { chosen: undefined, earlier: [], named: [] }, [], 'Stays inside: it names no component and no page.'],
  [
    'naming what nobody shows keeps it inside',
    { chosen: undefined, earlier: [], named: [{ id: 'cmp_x', name: 'X' }] },
    [],
    'Stays inside: no status page shows what it names.',
  ],
])('%s', (_name, facts, slugs, reason) => {
  const audience = audienceOf({ pages: [shop, office], ...facts })
  expect(audience.places.map(({ slug }) => slug)).toEqual(slugs)
  expect(audience.reason).toBe(reason)
})
