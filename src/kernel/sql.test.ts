import { expect, test } from 'vitest'
import { json } from './sql.ts'

test('a NUL or half a character, which no text of the database can hold, does not reach it; what only looks like one does', () => {
  expect(json({ 'k\0': ['a\0b', 'plain'] })).toBe('{"k\\ufffd":["a\\ufffdb","plain"]}')
  expect(json('\\u0000')).toBe('"\\\\u0000"')
  expect(JSON.parse(json('\\\0'))).toBe('\\\ufffd')
  expect(json(['\ud83d', '\ud83d\ude00', '\\ud83d'])).toBe('["\\ufffd","\ud83d\ude00","\\\\ud83d"]')
  expect(json(undefined)).toBe('null')
})
