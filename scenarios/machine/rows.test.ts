import { expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { drawOrder, withoutTraces } from './rows.ts'

const rows = [1, 2, 3, 4, 5, 6, 7, 8]

test('rows of which a statement does not say the order come in any, and the same from the same seed', () => {
  const inAnyOrder = drawOrder('one')
  const drawn = [1, 2, 3].map(() => inAnyOrder('select id from users', rows))
  expect(new Set(drawn.map(String)).size).toBe(3)
  for (const one of drawn) expect([...one].sort((a, b) => a - b)).toEqual(rows)
  expect(drawOrder('one')('select id from users', rows)).toEqual(drawn[0])
  expect(inAnyOrder('select id from users order by id', rows)).toBe(rows)
})

test('what is written down of a failure does not say where the code lies', () => {
  const written = withoutTraces(sql`update jobs set last_error = ${new Error('it broke').stack} where id = ${7}`)
  expect([written.text, written.values]).toEqual(['update jobs set last_error = $1 where id = $2', ['Error: it broke', 7]])
})
