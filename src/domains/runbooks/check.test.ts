import { describe, expect, test } from 'vitest'
import { connectionProblems, problemsOf } from './check.ts'
import { Runbook } from './definition.ts'
import { shippedRunbooks } from './shipped.ts'

const yes = { id: 'yes', text: 'Yes', consequence: 'goes on' }
const ask = (id: string, more: object = {}) => ({ id, name: id, ask: { question: 'Well?', answers: [yes], ...more } })
const read = (id: string, more: object = {}) => ({ id, name: id, http: { url: 'https://x.example/a', danger: 'reads', ...more } })
const change = (id: string, more: object = {}) => ({
  id,
  name: id,
  http: { method: 'POST', url: 'https://x.example/a', danger: 'changes', ...more },
})
const approve = (id: string, more: object = {}) => ({ id, name: id, approve: { danger: 'It restarts everything.', ...more } })
const of = (...steps: object[]) =>
  Runbook.parse({ slug: 'x', name: 'X', inputs: [{ name: 'service', label: 'Service' }], sections: [{ name: 'A', steps }] })

const table: [name: string, runbook: Runbook, expected: { path: string; message: RegExp }[]][] = [
  ['a plain question has no problem', of(ask('a')), []],
  ['a step that does not exist', of({ ...ask('a'), next: 'b' }), [{ path: '/sections/0/steps/0/next', message: /no step called b/ }]],
  ['two steps of one name', of(ask('a'), ask('a')), [{ path: '/sections/0/steps/1/id', message: /two steps called a/ }]],
  [
    'a step that nothing leads to',
    of({ ...ask('a'), next: 'end' }, ask('b')),
    [{ path: '/sections/0/steps/1', message: /‘b’ is never reached/ }],
  ],
  [
    'a loop of machines',
    of(read('a'), { ...read('b'), next: 'a' }),
    [{ path: '/sections/0/steps/0', message: /comes back to itself and no person/ }],
  ],
  [
    'a loop of a wait',
    of({ id: 'w', name: 'w', wait: { for: '1 min' }, next: 'w' }),
    [{ path: '/sections/0/steps/0', message: /comes back to itself/ }],
  ],
  ['a loop with a question in it', of(read('a'), { ...ask('b'), next: 'a' }), []],
  [
    'a template that does not compile',
    of(ask('a', { question: '{{ inputs.service' })),
    [{ path: '/sections/0/steps/0/ask/question', message: /not closed/ }],
  ],
  [
    'a filter that does not exist',
    of(ask('a', { question: '{{ inputs.service | shout }}' })),
    [{ path: '/sections/0/steps/0/ask/question', message: /undefined filter: shout/ }],
  ],
  [
    'a condition that does not compile',
    of({ id: 'b', name: 'b', branch: { cases: [{ when: 'inputs.service ==', goto: 'end' }] } }),
    [{ path: '/sections/0/steps/0/branch/cases/0/when', message: /1:/ }],
  ],
  [
    'an input that does not exist',
    of(ask('a', { question: '{{ inputs.host }}' })),
    [{ path: '/sections/0/steps/0/ask/question', message: /no input called host/ }],
  ],
  [
    'a field that no incident has',
    of(ask('a', { question: '{{ incident.customer }}' })),
    [{ path: '/sections/0/steps/0/ask/question', message: /an incident has id, number/ }],
  ],
  [
    'a value that a step does not give',
    of(read('r'), ask('a', { question: '{{ steps.r.version }}' })),
    [{ path: '/sections/0/steps/1/ask/question', message: /‘r’ gives status, code/ }],
  ],
  [
    'an answer of a step that asks nothing',
    of(read('r'), { id: 'b', name: 'b', branch: { cases: [{ when: 'answers.r == "x"', goto: 'end' }] } }),
    [{ path: '/sections/0/steps/1/branch/cases/0/when', message: /asks nothing/ }],
  ],
  ['a question without answers', of(ask('a', { answers: [] })), [{ path: '/sections/0/steps/0/ask/answers', message: /without answers/ }]],
  [
    'a time-out with an unknown answer',
    of(ask('a', { timeout: { after: '1 min', answer: 'no' } })),
    [{ path: '/sections/0/steps/0/ask/timeout/answer', message: /no answer called no/ }],
  ],
  ['a change without approval', of(change('c')), [{ path: '/sections/0/steps/0', message: /changes something and nobody approves it/ }]],
  ['a change that says why it needs none', of(change('c', { withoutApproval: 'it only opens a ticket' })), []],
  ['a change after its approval', of(approve('p'), change('c')), []],
  [
    'an approval of something else',
    of(approve('p'), read('r'), change('c')),
    [{ path: '/sections/0/steps/2', message: /nobody approves it/ }],
  ],
  [
    'destroying needs an approval whatever it says',
    of({ ...change('c', { danger: 'destroys', withoutApproval: 'nobody needs it' }) }),
    [{ path: '/sections/0/steps/0', message: /destroys something/ }],
  ],
  ['an approval of nothing', of(approve('p')), [{ path: '/sections/0/steps/0/approve', message: /approves nothing/ }]],
  [
    'a DELETE that claims to read',
    of(read('d', { method: 'DELETE' })),
    [{ path: '/sections/0/steps/0/http/danger', message: /does not only read/ }],
  ],
  [
    'a value in an address that is not encoded',
    of(read('r', { url: 'https://x.example/{{ inputs.service }}' })),
    [{ path: '/sections/0/steps/0/http/url', message: /url_encode/ }],
  ],
  [
    'a value in a JSON body that is not encoded',
    of(change('c', { body: '{"a": "{{ inputs.service }}"}', withoutApproval: 'it is only a test' })),
    [{ path: '/sections/0/steps/0/http/body', message: /under `json`/ }],
  ],
  [
    'an authorization header',
    of(read('r', { headers: { Authorization: 'Bearer abcdefghijklmnop' } })),
    [{ path: '/sections/0/steps/0/http/headers/Authorization', message: /in plain text: put it into a connection/ }],
  ],
  [
    'a header that carries credentials',
    of(read('r', { headers: { 'X-Api-Key': 'abc' } })),
    [{ path: '/sections/0/steps/0/http/headers/X-Api-Key', message: /carries credentials/ }],
  ],
  [
    'a token in an address',
    of(read('r', { url: 'https://x.example/?token=abc' })),
    [{ path: '/sections/0/steps/0/http/url', message: /holds a token/ }],
  ],
  [
    'a password in a body',
    of(change('c', { json: { login: { password: 'hunter2' } }, withoutApproval: 'it is only a test' })),
    [{ path: '/sections/0/steps/0/http/json/login/password', message: /in plain text/ }],
  ],
  [
    'a command that would make credentials',
    of({ id: 'd', name: 'd', do: { command: 'directory.makeToken' } }),
    [{ path: '/sections/0/steps/0/do/command', message: /a run does not run directory.makeToken/ }],
  ],
  [
    'a run that would approve itself',
    of({ id: 'd', name: 'd', do: { command: 'runbooks.approve' } }),
    [{ path: '/sections/0/steps/0/do/command', message: /a run does not run/ }],
  ],
]

describe('the check of a runbook', () => {
  test.each(table)('%s', (_, runbook, expected) => {
    const found = problemsOf(runbook)
    expect(found.map(({ path }) => path)).toEqual(expected.map(({ path }) => path))
    for (const [index, { message }] of expected.entries()) expect(found[index]!.message).toMatch(message)
  })

  test.each(shippedRunbooks.map((runbook) => [runbook.slug, runbook] as const))('the shipped runbook %s has none', (_, runbook) => {
    expect(problemsOf(runbook)).toEqual([])
  })

  test('a step is exactly one kind of thing', () => {
    expect(() => of({ id: 'a', name: 'a' })).toThrow(/is nothing: give exactly one of http, ask/)
    expect(() => of({ ...ask('a'), note: 'x' })).toThrow(/is ask and note/)
  })

  test('a connection has to exist, and to be everybody’s or of the same team', () => {
    const runbook = { ...of(read('r', { connection: 'argo' })), team: 'payments' }
    expect(connectionProblems(runbook, new Map())[0]!.message).toMatch(/‘r’ has no connection: there is none called argo/)
    expect(connectionProblems(runbook, new Map([['argo', 'fraud']]))[0]!.message).toMatch(/belongs to the team fraud/)
    expect(connectionProblems(runbook, new Map([['argo', 'payments']]))).toEqual([])
    expect(connectionProblems(runbook, new Map([['argo', null]]))).toEqual([])
  })
})
