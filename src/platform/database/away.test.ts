import { expect, test } from 'vitest'
import { AppError } from '#kernel/errors.ts'
import { isAway } from './database.ts'

const from = (message: string, code: string, severity?: string): Error => Object.assign(new Error(message), { code, severity })

test.each<[string, Error, boolean]>([
  ['the server ends it', from('terminating connection due to administrator command', '57P01', 'FATAL'), true],
  ['a transaction stood idle for too long', from('terminating connection due to idle-in-transaction timeout', '25P03', 'FATAL'), true],
  ['it takes no connections', from('database "tocsin" is not currently accepting connections', '55000', 'FATAL'), true],
  ['a password was changed under it', from('password authentication failed for user "tocsin"', '28P01', 'FATAL'), true],
  ['it only reads', from('cannot execute UPDATE in a read-only transaction', '25006', 'ERROR'), true],
  ['the socket is gone', from('read ECONNRESET', 'ECONNRESET'), true],
  ['the driver says so', new Error('Connection terminated unexpectedly'), true],
  ['the driver waited for one of its own', new Error('timeout expired'), true],
  ['one that broke is asked once more', new Error('Client has encountered a connection error and is not queryable'), true],
  ['one that was closed is asked once more', new Error('Client was closed and is not queryable'), true],
  [
    'two add the same connector at once',
    from('duplicate key value violates unique constraint "connections_slug_key"', '23505', 'ERROR'),
    false,
  ],
  ['there is no such connector', new AppError('missing', 'There is no such connection, or you may not see it.'), false],
  ['an input of a process names one', new Error("the input 'start' could not be decided: connection is required"), false],
])('whether the database is away when %s', (_, error, expected) => expect(isAway(error)).toBe(expected))
