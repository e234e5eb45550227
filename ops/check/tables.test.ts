import { expect, test } from 'vitest'
import { said } from './made-up.ts'
import { aTableHasOneOwner, migrationsNameTheirOwner } from './tables.ts'

const migrations = {
  'migrations/0001-directory.sql': '-- Owner: directory.\ncreate table users (id text);\ncreate table sessions (id text);',
  'migrations/0002-alerts.sql': '-- Owner: alerts.\ncreate table alerts (id text);',
}

test.each([
  ['read', 'src/domains/oncall/store.ts', 'sql`select * from alerts`', 'the table alerts belongs to alerts'],
  ['joined', 'src/domains/alerts/store.ts', 'sql`select 1 from users join sessions on true`', 'the table sessions belongs to directory'],
  [
    'written although it may be read',
    'src/domains/alerts/store.ts',
    'sql`update users set name = 1`',
    'the table users belongs to directory',
  ],
  ['emptied', 'src/domains/alerts/store.ts', 'sql`delete from users`', 'the table users belongs to directory'],
  ['touched by the composition root', 'src/app/node.ts', 'sql`insert into alerts values (1)`', 'the table alerts belongs to alerts'],
])('a table that is %s outside its slice is named', (_, path, text, expected) => {
  expect(said(aTableHasOneOwner, { ...migrations, [path]: text })).toEqual([expect.stringContaining(`${path}:1 ${expected}`)])
})

test('an owner does as it likes, names of people are joined by all, and prose is no SQL', () => {
  expect(
    said(aTableHasOneOwner, {
      ...migrations,
      'src/domains/alerts/store.ts':
        '// taken from sessions\nsql`select users.name from alerts join users on true`\nsql`delete from alerts`',
      'src/domains/oncall/words.ts': "const text = 'taken from alerts'",
    }),
  ).toEqual([])
})

test('a migration without an owner is named', () => {
  expect(said(migrationsNameTheirOwner, { ...migrations, 'migrations/0003-more.sql': 'create table more (id text);' })).toEqual([
    expect.stringContaining('migrations/0003-more.sql:1 begin the file with'),
  ])
})
