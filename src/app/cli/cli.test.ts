import { spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { catalogue } from '../wiring.ts'
import { exportFolder } from './configuration.ts'
import { readFolder, writeFolder } from './files.ts'
import { requestOf, serverOf } from './server.ts'
import { linesOf, tableOf } from './show.ts'

const launcher = fileURLToPath(new URL('../../../bin/tocsin', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
  files('odd', { 'links/.keep': '', 'big/a.yaml': '' })
  symlinkSync('nowhere', join(folder, 'odd/links/a.yaml'))
  truncateSync(join(folder, 'odd/big/a.yaml'), 3 * 1024 ** 3)
})
afterAll(() => rmSync(folder, { recursive: true }))

function files(name: string, texts: Record<string, string>): string {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true })
    writeFileSync(join(folder, name, path), text)
  }
  return name
}

/** Runs the real program, away from any terminal and any server. */
function tocsin(...argv: string[]) {
  const { TOCSIN_TOKEN: _, ...environment } = process.env
  const { status, stdout, stderr } = spawnSync(launcher, argv, { cwd: folder, env: environment, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('the program', () => {
  test('check names every mistake with file, line, column and the fix, and ends with 1', () => {
    const name = files('wrong', {
      'teams.yaml': 'kind: team\nslug: payments\nname: Payments\nmembers:\n  mara: laed\n---\nkind: tema\nslug: search\n',
      'services/gateway.yml': 'kind: service\nslug: gateway\nname: Gateway\nteam: payment\ntire: 1\n',
      'routes.yaml': 'kind: route\nslug: all\nname: All\nwhen: severity ==\n',
      'notes.txt': 'not read',
      '.hidden/x.yaml': 'kind: nothing',
    })
    const { status, stdout } = tocsin('check', name)
    expect(status).toBe(1)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^wrong\/routes\.yaml:4:7: /),
      'wrong/services/gateway.yml:5:7: there is no field tire here; did you mean tier?',
      'wrong/teams.yaml:5:9: mara: "laed" is not one of lead, member; did you mean lead?',
      'wrong/teams.yaml:7:7: there is no kind tema; did you mean team?',
      '4 things are wrong.',
      '',
    ])
  })

  test('check is silent about what is right, ends with 0, and says as JSON what people read', () => {
    const name = files('right', {
      'all.yaml': 'kind: team\nslug: payments\nname: Payments\n---\nkind: service\nslug: gateway\nname: Gateway\nteam: payments\n',
    })
    expect(tocsin('check', name)).toEqual({ status: 0, stdout: '2 documents in 1 files are right.\n', stderr: '' })
    expect(JSON.parse(tocsin('check', name, '--json').stdout)).toEqual({ documents: 2, faults: [], unchecked: [] })
  })

  test.each([
    { name: 'an unknown command', argv: ['alrts'], status: 2, stderr: /Did you mean alerts\?/ },
    { name: 'a missing folder', argv: ['check', 'nowhere'], status: 2, stderr: /There is no folder nowhere/ },
    { name: 'no token', argv: ['alerts', 'list'], status: 2, stderr: /TOCSIN_TOKEN is not set/ },
    { name: 'a choice that is none', argv: ['alerts', 'list', '--state', 'opne'], status: 2, stderr: /Allowed choices are open/ },
    { name: 'a folder that is neither', argv: ['check', '/dev/null'], status: 2, stderr: /\/dev\/null is neither a folder nor a file/ },
    {
      name: 'a link to nothing',
      argv: ['check', 'odd/links'],
      status: 1,
      stderr: /odd\/links\/a\.yaml cannot be read: it is a link to nothing/,
    },
    { name: 'a file of gigabytes', argv: ['check', 'odd/big'], status: 1, stderr: /odd\/big\/a\.yaml is larger than 256 KiB: split it/ },
  ])('$name ends with $status', ({ argv, status, stderr }) => {
    expect(tocsin(...argv)).toMatchObject({ status, stderr: expect.stringMatching(stderr) })
  })
})

test.each([
  {
    http: 'GET /alerts',
    input: { state: 'open', limit: 5, text: undefined },
    expected: { method: 'GET', path: '/alerts?state=open&limit=5', body: undefined },
  },
  {
    http: 'POST /alerts/{alertId}/acknowledge',
    input: { alertId: 'a/../b', note: 'x' },
    expected: { method: 'POST', path: '/alerts/a%2F..%2Fb/acknowledge', body: '{"note":"x"}' },
  },
  { http: 'DELETE /tokens/{tokenId}', input: { tokenId: 't' }, expected: { method: 'DELETE', path: '/tokens/t', body: undefined } },
])('$http is asked at $expected.path', ({ http, input, expected }) => {
  expect(requestOf(http, input)).toEqual(expected)
})

test('an answer that is not Tocsin’s is none, also when it says that all is well', async () => {
  const gate = createServer((_, response) => void response.end('<h1>Sign in</h1>'))
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`
  await expect(serverOf({ TOCSIN_URL: url, TOCSIN_TOKEN: 'x' })('GET /configuration', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: `${url} answered 200, but not as Tocsin does. Is TOCSIN_URL right?`,
  })
  await new Promise((resolve) => gate.close(resolve))
})

test.each(['foo', 'localhost:8080', 'https://me:canary-secret@tocsin.test'])('%s is no address of a server, and is not repeated', (url) => {
  expect(() => serverOf({ TOCSIN_URL: url, TOCSIN_TOKEN: 'x' })).toThrow(/^TOCSIN_URL is not an address like [^@]*$/)
})

test('what came from outside cannot command the terminal, and wide cells are cut', () => {
  expect(
    tableOf(
      [
        { id: 'a', title: 'x\u001b[2J\ny', labels: { a: 1 } },
        { id: 'bb', title: null },
      ],
      undefined,
    ),
  ).toBe('id  title\na   x [2J y\nbb  –')
  expect(tableOf([{ title: 'x'.repeat(60) }], 20).split('\n')[1]).toBe(`${'x'.repeat(19)}…`)
  expect(linesOf({ a: 1, b: { c: ['x', 'y'] }, d: [{ e: true }] })).toBe('a: 1\nb:\n  c: x, y\nd:\n  -\n    e: true')
})

test('an export is written below its folder, and touches only what changed', () => {
  const target = join(folder, 'export')
  const given = [
    { path: 'team/a.yaml', text: 'one' },
    { path: 'team/b.yaml', text: 'two' },
  ]
  const kinds = ['team', 'route']
  expect(writeFolder(target, given, kinds)).toEqual({ written: 2, stale: [] })
  expect(writeFolder(target, [given[0]!], kinds)).toEqual({ written: 0, stale: [join(target, 'team/b.yaml')] })
  expect(writeFolder(target, [], kinds)).toEqual({ written: 0, stale: [join(target, 'team/a.yaml'), join(target, 'team/b.yaml')] })
  expect(readFileSync(join(target, 'team/b.yaml'), 'utf8')).toBe('two')
  for (const path of ['../out.yaml', 'team/../../out.yaml', '/etc/passwd', 'team/.git.yaml'])
    expect(() => writeFolder(target, [{ path, text: '' }], kinds), path).toThrow('Nothing was written')
})

test('an export says what it names that is not part of it', async () => {
  const target = join(folder, 'left')
  const given = [{ path: 'team/a.yaml', text: 'kind: team\nslug: a\nname: A\nmembers:\n  ben: lead\n' }]
  const users = [{ path: 'user/ada.yaml', text: 'kind: user\nhandle: ada\nname: Ada\nemail: ada@example.test\n' }]
  const lines: unknown[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(line) > 0)
  await exportFolder(() => Promise.resolve({ files: [...users, ...given] }), catalogue.resources, target)
  spy.mockRestore()
  expect(lines).toEqual([
    `2 files in ${target}, 2 of them new or changed.\n`,
    `${join(target, 'team/a.yaml')}:5:8: there is no user ben\n`,
    'Until that is mended, another installation would not take it.\n',
  ])
})

test('a folder is read in order, without what is hidden and without links to folders', () => {
  files('order', { 'b.yaml': 'b', 'a/z.yml': 'z', '.git/x.yaml': 'x' })
  symlinkSync(folder, join(folder, 'order', 'loop'))
  expect(readFolder(join(folder, 'order')).map(({ text }) => text)).toEqual(['z', 'b'])
})
