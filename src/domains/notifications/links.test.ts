import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSigner } from '#platform/secrets/vault.ts'
import { degradedToken, linkToken, readDegradedLink, readLink, readSummaryLink, summaryToken } from './links.ts'

const key = (name: string) => createHash('sha256').update(name).digest()
const signer = createSigner([key('one')])
const target = { userId: 'usr_01k3v0v5b8e6w9d2m4q7r1s5t8', pageId: 'pag_01k3v0v5b8e6w9d2m4q7r1s5t9' } as const
const token = linkToken(signer, target)

describe('a signed link', () => {
  test('names its person and its page', () => expect(readLink(signer, token)).toEqual(target))
  test('with any character changed is unknown', () => {
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'a' ? 'b' : 'a'
      expect(readLink(signer, `${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe('unknown')
    }
  })
  test.each([
    ['the last character dropped', token.slice(0, -1)],
    ['one character more', `${token}A`],
    ['nothing', ''],
    ['a zero byte', `${token}\0`],
    ['padding', `${token}=`],
    ['upper-case ids', token.toUpperCase()],
    ['a line break at its end', `${token}\n`],
  ])('with %s is unknown', (_, text) => expect(readLink(signer, text)).toBe('unknown'))
  test('of another page does not lend its signature', () => {
    const other = linkToken(signer, { ...target, pageId: 'pag_01k3v0v5b8e6w9d2m4q7r1s5ta' })
    expect(readLink(signer, `${token.slice(0, 52)}${other.slice(52)}`)).toBe('unknown')
  })
  test('still opens after one rotation of the key, and has expired after two', () => {
    expect(readLink(createSigner([key('two'), key('one')]), token)).toEqual(target)
    expect(readLink(createSigner([key('three'), key('two'), key('one')]), token)).toBe('expired')
  })
})

describe('a signed link to a message of an outage', () => {
  const message = { userId: target.userId, messageId: 'evt_01k3v0v5b8e6w9d2m4q7r1s5t9' } as const
  test('names its person and its message', () => expect(readDegradedLink(signer, degradedToken(signer, message))).toEqual(message))
  test('is no link to a page, and a link to a page is none', () => {
    expect(readLink(signer, degradedToken(signer, message))).toBe('unknown')
    expect(readDegradedLink(signer, token)).toBe('unknown')
  })
})

describe('a signed link to a summary', () => {
  const summary = { userId: target.userId, summaryId: 'sum_01k3v0v5b8e6w9d2m4q7r1s5t9' } as const
  test('names its person and its summary', () => expect(readSummaryLink(signer, summaryToken(signer, summary))).toEqual(summary))
  test('is none to a page, and the other way round, though both have the same ids', () => {
    expect([readLink(signer, summaryToken(signer, summary)), readSummaryLink(signer, token)]).toEqual(['unknown', 'unknown'])
  })
})
