// Promises of the reporter's link: it names exactly one person, incident and round, and nothing of it can be changed.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSigner } from '#platform/secrets/vault.ts'
import { confirmationPath, confirmationToken, readConfirmation } from './confirmation-link.ts'

const signer = createSigner([createHash('sha256').update('one').digest()])
const target = { incidentId: `inc_${'0'.repeat(25)}1`, userId: `usr_${'0'.repeat(25)}2`, round: 1 } as const
const token = confirmationToken(signer, target)

test('what was signed is read again', () => {
  expect(readConfirmation(signer, token)).toEqual(target)
  expect(confirmationPath(signer, target)).toBe(`/confirm/${token}`)
})

describe('is not one of ours', () => {
  test.each([
    ['empty', ''],
    ['another incident', `1${token.slice(1)}`],
    ['another person', `${token.slice(0, 26)}1${token.slice(27)}`],
    ['another round', token.replace(/1\./, '2.')],
    ['a changed signature', token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
    ['no signature', token.split('.')[0]!],
    ['something behind it', `${token}x`],
    ['something before it', `x${token}`],
  ])('%s', (_, changed) => expect(readConfirmation(signer, changed)).toBeUndefined())
  test('one signed with another key', () => {
    expect(readConfirmation(createSigner([createHash('sha256').update('two').digest()]), token)).toBeUndefined()
  })
  test('a signature that was made for something else', () => {
    const text = token.split('.')[0]!
    expect(readConfirmation(signer, `${text}.${signer.sign(text, 'page link')}`)).toBeUndefined()
  })
})
