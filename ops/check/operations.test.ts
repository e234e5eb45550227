import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineQuery } from '#kernel/define.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { operationFaults, strictnessFaults } from './operations.ts'

const query = (change: Partial<AnyOperation>): AnyOperation =>
  ({
    ...(defineQuery({
      name: 'alerts.get',
      summary: 'Show one alert',
      http: 'GET /alerts/{alert}',
      needs: 'alerts:read',
      on: 'organisation',
      input: z.strictObject({ alert: z.string() }),
      output: z.object({}),
      examples: [{ alert: 'a' }],
      run: () => Promise.resolve({}),
    }) as unknown as AnyOperation),
    ...(change as object),
  }) as AnyOperation
const faults = (change: Partial<AnyOperation>) => operationFaults([query(change)], new Set(['alerts:read']))

test('a complete operation has no fault', () => expect(faults({})).toEqual([]))

test.each([
  ['a permission that no role has', { needs: 'alerts:destroy' }, /needs alerts:destroy, which no role has/],
  ['no summary', { summary: '' }, /write its summary/],
  ['a summary with a full stop', { summary: 'Show one alert.' }, /without a full stop/],
  ['no example', { examples: [] }, /has no example/],
  ['an example that its schema refuses', { examples: [{ alert: 1 }] }, /example 1 does not pass its own schema at \/alert/],
  ['a path of a field that is not there', { http: 'GET /alerts/{alertId}' }, /\{alertId\} in its path is not a field/],
  ['a name without its slice', { name: 'getAlert' }, /is not called slice\.verbObject/],
] as const)('%s is named', (_, change, expected) => {
  expect(faults(change as unknown as Partial<AnyOperation>)).toEqual([expect.stringMatching(expected)])
})

test('an input that lets unknown fields pass is named', () => {
  expect(strictnessFaults([query({ input: z.object({ alert: z.string() }) as never })])).toEqual([
    expect.stringContaining('write z.strictObject'),
  ])
  expect(strictnessFaults([query({})])).toEqual([])
})
