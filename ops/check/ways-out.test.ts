import { expect, test } from 'vitest'
import { said } from './made-up.ts'
import { onlyOutboundGoesOut } from './ways-out.ts'

test.each([
  ['a socket', 'src/integrations/x/channel.ts', `import { connect } from 'node:net'`],
  ['a socket under its old name', 'src/integrations/x/channel.ts', `import tls from 'tls'`],
  ['a resolver', 'src/domains/monitors/probe.ts', `import { lookup } from 'node:dns/promises'`],
  ['a library with sockets of its own', 'src/platform/events/read.ts', `import pg from 'pg'`],
  ['a program that could go out', 'src/domains/runbooks/step.ts', `import { spawn } from 'node:child_process'`],
  ['a request from the way in', 'src/platform/http/a.ts', `import { createServer, request } from 'node:http'`],
  ['a bare fetch', 'src/domains/monitors/probe.ts', `const answer = await fetch(url)`],
  ['a fetch of the global object', 'src/domains/monitors/probe.ts', `const answer = await globalThis.fetch(url)`],
])('%s is named', (_, path, text) => {
  expect(said(onlyOutboundGoesOut, { [path]: text })).toHaveLength(1)
})

test('outbound itself, the server, types, methods that are called fetch and tests pass', () => {
  expect(
    said(onlyOutboundGoesOut, {
      'src/platform/outbound/dial.ts': `import { connect } from 'node:net'`,
      'src/platform/http/server.ts': `import { createServer, type Server } from 'node:http'`,
      'src/platform/database/postgres.ts': `import pg from 'pg'`,
      'src/domains/a/b.ts': `import type { Duplex } from 'node:net'\nconst answer = await outbound.fetch({ url })\n  async fetch(request) {\n  fetch(request: Request): Promise<Answer>`,
      'src/platform/http/server.test.ts': `import { request } from 'node:http'`,
    }),
  ).toEqual([])
})
