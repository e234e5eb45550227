import { describe, expect, test } from 'vitest'
import { inOneLine, isOf, statementsIn } from './statements.ts'

const partsOf = (text: string) =>
  statementsIn({ path: 'src/things/store.ts', text }).map(({ place, parts }) => [place.split(':')[1], ...parts])

test.each<[string, string, (string | undefined)[][]]>([
  ['without a value', 'const a = 1\nquery(sql`select 1`)', [['2', 'select 1']]],
  ['with values', 'query(sql`select ${columns} from things where id = ${id}`)', [['1', 'select ', ' from things where id = ', '']]],
  ['a part of some', 'const where = sql`things.id = ${id}`', []],
  ['a comment', '// sql`select 1`', []],
  [
    'one inside of another',
    'query(sql`select 1 where ${all.map((one) => ({ one: sql`(select ${one})` }))} limit 1`)',
    [['1', 'select 1 where ', ' limit 1']],
  ],
  [
    'a statement inside of another',
    'query(sql`with a as (${sql`select ${`${b}`} as b`}) select 1`)',
    [
      ['1', 'with a as (', ') select 1'],
      ['1', 'select ', ' as b'],
    ],
  ],
  ['an escaped sign', 'query(sql`select \\`a\\` from b`)', [['1', 'select \\`a\\` from b']]],
])('a statement in the source: %s', (_, text, expected) => expect(partsOf(text)).toEqual(expected))

describe('a text that was sent', () => {
  const [written] = statementsIn({ path: 'a.ts', text: "sql`select ${columns}\n  from things where name like '%\\\\_x' and ${more}`" })
  test.each([
    ['is that statement', "select id, name from things where name like '%\\_x' and true", true],
    ['is that statement in other lines', "select id\n  , name\nfrom things where name like '%\\_x' and true", true],
    ['has its parts in another order', "name like '%\\_x' and select id from things where", false],
    ['is part of a longer one', "(select id from things where name like '%\\_x' and id = $1) order by 1", true],
    ['is another', "select id from other where name like '%\\_x' and true", false],
  ])('%s', (_, sent, expected) => expect(isOf(written!, inOneLine(sent))).toBe(expected))
})
