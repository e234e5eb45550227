import { expect, test } from 'vitest'
import { aTransactionIsAskedInTurn } from './turns.ts'

const lines = (text: string, path = 'src/domains/things/queries.ts') =>
  aTransactionIsAskedInTurn([{ path, text }]).map((violation) => violation.line)

test.each([
  ['a list of calls', 'const a = 1\nawait Promise.all([find(scope, a), find(scope, b)])', [2]],
  ['a map over ids', 'return Promise.all(ids.map(async (id) => {\n  return view(await find(context.scope, id))\n}))', [1]],
  ['statements themselves', 'await Promise.all([tx.query(sql`a`), tx.query(sql`b`)])', [1]],
  ['settled ones too', 'await Promise.allSettled(ids.map((id) => remove(scope, id)))', [1]],
  ['a list made right before', 'const asked = ids.map((id) => find(scope, id))\nawait Promise.all(asked)', [2]],
  ['what uses no transaction', 'await Promise.all(urls.map((url) => outbound.fetch({ url })))', []],
  ['a transaction named only after it', 'await Promise.all([a(), b()])\nawait find(scope, 1)', []],
  ['a comment', '// never Promise.all([find(scope, 1)])', []],
  ['all of them, also when one fails', 'return allOfThem(ids.map((id) => find(scope, id)))', []],
  ['each in its turn', 'for (const id of ids) await find(scope, id)', []],
])('awaiting together over one transaction: %s', (_name, text, expected) => {
  expect(lines(text)).toEqual(expected)
})

test('tests and other rooms may gather', () => {
  expect(lines('Promise.all([find(scope, 1)])', 'src/domains/things/queries.test.ts')).toEqual([])
  expect(lines('Promise.all([find(scope, 1)])', 'ops/bench/load.ts')).toEqual([])
})
