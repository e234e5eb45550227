// A small organisation made through the API of a running node, as its administrator would; and a mail server that only listens.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export const token = 'e2e-token-0123456789abcdef0123456789abcdef'
export const administrator = { email: 'mara@example.org', password: 'a long sentence is best' }
export const integrationKey = 'e2e-prometheus-0123456789abcdef01'

export type Answer = { status: number; body: never; headers: Record<string, string | string[] | undefined> }

/** One request as the administrator's token, below /api/v1 unless the path begins otherwise. */
export function ask(port: number, method: string, path: string, input?: unknown): Promise<Answer> {
  const body = input === undefined ? undefined : JSON.stringify(input)
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: path.startsWith('/in/') ? path : `/api/v1${path}`,
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as never,
          })
        })
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** The same, and anything but success is an error that says what was answered. */
export async function must<T>(port: number, method: string, path: string, input?: unknown): Promise<T> {
  const { status, body } = await ask(port, method, path, input)
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`)
  return body as T
}

export type Mail = { to: string; messageId: string; text: string }

/** Takes every mail, and keeps it. */
export async function startMailbox(): Promise<{ url: string; mails: Mail[]; stop(): Promise<void> }> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        mails.push({ to: session.envelope.rcptTo[0]?.address ?? '', messageId: /^message-id:\s*(\S+)/im.exec(text)?.[1] ?? '', text })
        done()
      })
    },
  })
  // A node that is killed resets its connection in the middle of a mail: that is the sender's trouble.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}?from=tocsin@example.org`,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Asks until the answer is there, at most `seconds`. */
export async function eventually<T>(what: string, seconds: number, look: () => Promise<T | undefined>, everyMs = 250): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`after ${seconds} s there is still no ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

const runbook = `kind: runbook
slug: undo-the-deploy
name: Undo the deploy
description: For when payments began to fail after a release.
sections:
  - name: Find out
    prose: Two facts decide whether this runbook fits. **What was deployed**, and how much fails now.
    steps:
      - id: find_deploys
        name: Find what was deployed
        http: { connection: deploys, url: /deploys, danger: reads, extract: { bad: /deploys/0/version, good: /deploys/0/previous, failing: /failing } }
      - id: much
        name: Does enough of it fail?
        branch: { cases: [{ when: 'steps.find_deploys.failing > 1.0', goto: choose }], otherwise: end }
  - name: Decide
    steps:
      - id: choose
        name: Roll back or fix forward?
        ask:
          question: Roll checkout back from {{ steps.find_deploys.bad }}, or fix forward?
          who: [{ role: commander }]
          show: [{ label: Fails now, value: '{{ steps.find_deploys.failing }} %' }]
          answers:
            - { id: back, text: Roll back, consequence: then the rollback is approved as it will be sent }
            - { id: forward, text: Fix forward, consequence: then this run ends and nothing is changed, goto: end }
      - id: approve
        name: Approve the rollback
        approve: { who: [{ role: commander }], danger: 'Replaces every running copy of checkout with {{ steps.find_deploys.good }}.' }
  - name: Act
    steps:
      - id: roll_back
        name: Roll checkout back
        http: { connection: deploys, method: POST, url: /rollbacks, json: { to: '{{ steps.find_deploys.good }}' }, danger: changes }
      - id: tell
        name: Tell everybody
        update:
          text: We have undone the change that made card payments fail. We watch whether it stays good.
          components: [{ component: card-payments, status: slow }]
          nextUpdateIn: 30 min
`

const process = `${readFileSync(new URL('../src/domains/incidents/processes/sre.yaml', import.meta.url), 'utf8')}
runbooks:
  - { runbook: undo-the-deploy, on: { state: fixing } }
`

/** The organisation as files: two people, a weekly rotation, a policy with two levels, a service, a route that opens an incident, a process that
 * starts a runbook, a public status page. */
export const files = [
  {
    path: 'people.yaml',
    text: `kind: user\nhandle: mara\nname: Mara Lindqvist\nemail: mara@example.org\nrole: administrator\nzone: Europe/Berlin\n---\nkind: user\nhandle: ben\nname: Ben Okafor\nemail: ben@example.org\nrole: responder\nzone: Europe/Berlin\n---\nkind: team\nslug: payments\nname: Payments\nmembers: { mara: lead, ben: member }\n`,
  },
  {
    path: 'oncall.yaml',
    text: `kind: schedule\nslug: payments-weekly\nname: Payments, weekly\nzone: Europe/Berlin\nlayers:\n  - name: Weekly\n    rotation: { unit: week, length: 1, anchor: '2026-01-05T09:00', participants: [mara] }\n---\nkind: policy\nslug: payments\nname: Payments\nlevels:\n  - { targets: [{ schedule: payments-weekly }], delaySeconds: 300 }\n  - { targets: [{ user: ben }], delaySeconds: 300 }\n`,
  },
  {
    path: 'service.yaml',
    text: `kind: service\nslug: checkout\nname: Checkout\nteam: payments\ntier: 1\npolicy: payments\n---\nkind: route\nslug: critical\nname: critical\nmatch: severity=critical\nopens: { type: sre, severity: SEV1 }\n`,
  },
  { path: 'runbook.yaml', text: runbook },
  { path: 'process.yaml', text: process },
  {
    path: 'status.yaml',
    text: `kind: component\nslug: card-payments\nname: Card payments\nservice: checkout\n---\nkind: status-page\nslug: shop\nname: Shop status\nvisibility: public\nzone: Europe/Berlin\ncomponents: [card-payments]\n`,
  },
]
