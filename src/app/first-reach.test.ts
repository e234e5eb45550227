import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Secret } from '#kernel/secret.ts'
import { openFirstReach } from './first-reach.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tocsin-reached-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const address = 'postgres://tocsin:secret@dbb.example.org/tocsin'
const of = (url: string, knewBefore?: () => boolean) => openFirstReach(join(folder, 'data'), new Secret(url), knewBefore)
const failed = (code: string) => Object.assign(new Error(`getaddrinfo ${code} dbb.example.org`), { code, hostname: 'dbb.example.org' })
const long = 60_000

test('a host that does not exist is a mistake of whoever wrote it: the sentence names it and no password', () => {
  const { message } = of(address).mistakeIn(failed('ENOTFOUND'), long)!
  expect(message).toMatch(/^DATABASE_URL names the host dbb\.example\.org, and there is no such name\. .* write the host right/)
  expect(message).not.toContain('secret')
})

test('a name that may still come is waited for', () => {
  expect(of(address).mistakeIn(failed('ENOTFOUND'), 6999)).toBeUndefined()
  expect(of(address).mistakeIn(failed('ENOTFOUND'), 7000)).toBeInstanceOf(Error)
})

test.each(['EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', '57P03'])('%s is waited for, however long', (code) => {
  expect(of(address).mistakeIn(failed(code), long)).toBeUndefined()
})

test('whoever has reached it waits for its name too, also the next process and with another password', () => {
  of(address).note()
  of(address).note()
  expect(of(address.replace('secret', 'another')).mistakeIn(failed('ENOTFOUND'), long)).toBeUndefined()
})

test('another database was not reached by it', () => {
  of(address.replace('dbb', 'db')).note()
  expect(of(address).isOver()).toBe(false)
  expect(of(address).mistakeIn(failed('ENOTFOUND'), long)).toBeInstanceOf(Error)
})

test('what is last known of it shows that it was reached', () => {
  expect(of(address, () => true).mistakeIn(failed('ENOTFOUND'), long)).toBeUndefined()
})
