import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('a failed statement is told with its code and text, never with what it was given', () => {
  const lines: string[] = []
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    query: 'insert into users (email) values ($1)',
    params: ['mara@example.org'],
    detail: 'Key (email)=(mara@example.org) already exists.',
  })
  createLog('error', { write: (line) => void lines.push(line) }).error({ err: error }, 'it failed')
  const line = JSON.parse(lines[0]!) as { err: Record<string, unknown>; msg: string }
  expect(line).toMatchObject({
    msg: 'it failed',
    err: { message: 'duplicate key', code: '23505', query: expect.stringContaining('insert') },
  })
  expect(lines[0]).not.toContain('mara@')
})
