import { expect, test } from 'vitest'
import { json } from './sql.ts'

test('a NUL, which no text of the database can hold, does not reach it; what only looks like one does', () => {
  expect(json({ 'k\0': ['a\0b', 'plain'] })).toBe('{"k\\ufffd":["a\\ufffdb","plain"]}')
  expect(json('\\u0000')).toBe('"\\\\u0000"')
  expect(JSON.parse(json('\\\0'))).toBe('\\\ufffd')
  expect(json(undefined)).toBe('null')
})
