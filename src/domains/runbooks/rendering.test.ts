import { describe, expect, test } from 'vitest'
import { Step } from './definition.ts'
import { valueAt } from './pointer.ts'
import { redactor } from './redact.ts'
import { addressBelow, callOf as callWith, hashOf, previewOf, type Data } from './rendering.ts'

const data: Data = { incident: { id: 'inc_1', title: 'A "quoted" title' }, inputs: { service: 'pay' }, steps: {}, answers: {} }
const callOf = (one: Step, values: Data) => callWith(one, values, { argo: 'https://x.example' })
const step = (more: object) => Step.parse({ id: 'a', name: 'A', ...more })
const http = (more: object) => step({ http: { method: 'POST', url: 'https://x.example/a', danger: 'changes', ...more } })

describe('a call', () => {
  test('values in a JSON body cannot change its shape', () => {
    const made = callOf(http({ json: { text: '{{ incident.title }}', n: 1 } }), data)
    expect(made).toMatchObject({ body: '{"text":"A \\"quoted\\" title","n":1}', headers: { 'content-type': 'application/json' } })
  })
  test('a value that leads upwards in an address is refused', () => {
    const up = { ...data, inputs: { service: '..' } }
    expect(callOf(http({ url: 'https://x.example/a/{{ inputs.service | url_encode }}/b' }), up)).toEqual({
      error: 'the address https://x.example/a/../b has a part that leads upwards',
    })
    expect(callOf(http({ url: 'https://x.example/a/%2E%2e' }), up)).toHaveProperty('error')
  })
  test('a missing value is an error, not an empty text', () => {
    expect(callOf(http({ url: 'https://x.example/{{ steps.b.x | url_encode }}' }), data)).toHaveProperty('error')
  })
  test('the preview shows everything that is sent, and any difference changes the hash', () => {
    const made = callOf(
      http({ connection: 'argo', headers: { 'X-Why': '{{ incident.title }}' }, json: { to: '{{ inputs.service }}' } }),
      data,
    )
    if (!made || 'error' in made || made.kind !== 'http') throw new Error('no call')
    expect(previewOf(made)).toBe(
      'POST https://x.example/a\nwith the credentials of the connection argo\nx-why: A "quoted" title\ncontent-type: application/json\n\n{"to":"pay"}',
    )
    for (const other of [
      { ...made, url: 'https://y.example' },
      { ...made, method: 'PUT' as const },
      { ...made, body: '' },
      { ...made, connection: null },
      { ...made, headers: {} },
    ])
      expect(hashOf(other)).not.toBe(hashOf(made))
    expect(hashOf({ ...made, timeoutSeconds: 5 })).toBe(hashOf(made))
  })
  test('an update is a command about the incident, its next time counted from the sending', () => {
    expect(callOf(step({ update: { text: 'We {{ inputs.service }}', nextUpdateIn: '30 min' } }), data)).toEqual({
      kind: 'command',
      command: 'status.publishUpdate',
      input: { incident: 'inc_1', text: 'We pay' },
      later: { nextUpdateAt: '30 min' },
      extract: {},
    })
    expect(callOf(step({ note: 'x' }), { ...data, incident: null })).toEqual({ error: 'this run is about no incident' })
  })
})

describe('a connection’s address', () => {
  test.each([
    ['https://a.example/api', '/v1', 'https://a.example/api/v1'],
    ['https://a.example/api/', 'https://a.example/api/v1?x=1', 'https://a.example/api/v1?x=1'],
    ['https://a.example/api', 'https://a.example/apis', undefined],
    ['https://a.example/api', 'https://a.example/api/../admin', undefined],
    ['https://a.example', 'https://a.example.evil.test/', undefined],
    ['https://a.example', 'http://a.example/', undefined],
    ['https://a.example', 'https://u:p@a.example/', undefined],
    ['https://a.example', '//evil.test/', undefined],
    ['https://a.example', '/@evil.test/', 'https://a.example/@evil.test/'],
    ['https://a.example', '/\\evil.test/', 'https://a.example//evil.test/'],
  ])('%s and %s', (address, written, expected) => expect(addressBelow(address, written)).toBe(expected))
})

describe('redaction', () => {
  test('takes a secret out in every form in which it comes back', () => {
    const redact = redactor(['s3cr+t"/x'])
    const forms = ['s3cr+t"/x', Buffer.from('s3cr+t"/x').toString('base64'), encodeURIComponent('s3cr+t"/x'), JSON.stringify('s3cr+t"/x')]
    for (const form of forms) expect(redact(`a ${form} b`)).toMatch(/^a "?•••"? b$/)
    expect(redactor(['ab'])('abc')).toBe('abc')
  })

  test.each([
    ['System.Text.Json', 'Zm9v\\u002BYmFy/x8=', 'Zm9v+YmFy/x8='],
    ['PHP', 'Zm9v+YmFy\\/x8=', 'Zm9v+YmFy/x8='],
    ['Go', 'a\\u0026b\\u003cc', 'a&b<c'],
    ['Python', 'gr\\u00fc\\u00dfe\\ud83d\\ude00', 'grüße😀'],
    ['a URL in small letters', 'a%2bb%2fc', 'a+b/c'],
    ['a URL that escapes more', '%61%2B%c3%bc%21', 'a+ü!'],
    ['HTML', 'a&amp;b&#43;c&#x2F;d&quot;', 'a&b+c/d"'],
    ['JSON', 'a\\"b\\\\c\\n', 'a"b\\c\n'],
  ])('takes it out as %s writes it', (_, written, secret) => {
    expect(redactor([secret])(`{"token":"${written}"}`)).toBe('{"token":"•••"}')
    expect(redactor(['another'])(`{"token":"${written}"}`)).toBe(`{"token":"${written}"}`)
  })

  test('a long secret costs a long answer no more than a moment', () => {
    const secret = 'a+/='.repeat(2048)
    const began = performance.now()
    expect(redactor([secret])('a%2B/='.repeat(150_000)).length).toBeLessThan(10_000)
    expect(redactor([`${secret}x`])('a%2B/='.repeat(150_000)).length).toBe(900_000)
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})

test.each([
  ['', { a: 1 }, { a: 1 }],
  ['/a/0/b~1c', { a: [{ 'b/c': 2 }] }, 2],
  ['/a/01', { a: [1, 2] }, undefined],
  ['/a/length', { a: [1] }, undefined],
  ['/constructor', {}, undefined],
  ['/a/b', { a: 'text' }, undefined],
])('the pointer %j', (pointer, value, expected) => expect(valueAt(value, pointer)).toEqual(expected))
