import { expect, test } from 'vitest'
import { slugOf } from './slug.ts'

test.each([
  ['Service desk', 'service-desk'],
  ['  Payments (EU) ', 'payments-eu'],
  ['Größe & Łódź', 'grosse-lodz'],
  ['Réseau', 'reseau'],
  ['支付', ''],
  ['支付 gateway', 'gateway'],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
  ['a'.repeat(90), 'a'.repeat(60)],
])('%s is called %s', (name, slug) => expect(slugOf(name)).toBe(slug))
