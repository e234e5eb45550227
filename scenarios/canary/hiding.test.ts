// The canary's own eyes: whatever form a secret takes, it is found, and nothing else is.
import { expect, test } from 'vitest'
import { find } from './hiding.ts'

const secret = 'Kanarie-7d31c05e94ab26f8'
const secrets = new Map([['bird', secret]])

test.each<[string, string]>([
  ['as it is', secret],
  ['in base64, whatever stands before it', Buffer.from(`a${secret} and more`).toString('base64')],
  ['in base64, two before it', Buffer.from(`ab${secret}`).toString('base64')],
  ['in base64url', Buffer.from(`{"auth":"${secret}"}`).toString('base64url')],
  ['in hexadecimal capitals', Buffer.from(secret).toString('hex').toUpperCase()],
  ['backwards', secret.split('').reverse().join('')],
  [
    'every sign escaped for JSON',
    secret
      .split('')
      .map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
      .join(''),
  ],
  [
    'every sign escaped for an address',
    secret
      .split('')
      .map((sign) => `%${sign.charCodeAt(0).toString(16)}`)
      .join(''),
  ],
])('%s', (_, text) => {
  expect(find(secrets, [{ place: 'a log', text: `before ${text} after` }])).toMatchObject([{ secret: 'bird', place: 'a log' }])
  expect(find(secrets, [{ place: 'its answer', text, handsOut: ['bird'] }])).toEqual([])
})

test('what is no secret is not found', () => {
  expect(find(secrets, [{ place: 'a log', text: `${secret.slice(1)} ${secret.slice(0, -1)} Kanarie` }])).toEqual([])
})
