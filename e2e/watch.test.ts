// Who pages when Tocsin is down: a watcher on another machine, told apart here by another process.
import { spawn, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshFolder, preparedFolder, startTocsin } from '../ops/real/programs.ts'
import { administrator, eventually, startMailbox, token } from './organisation.ts'

const port = 18240
const folder = await preparedFolder()
const environment = { TOCSIN_ADMIN_EMAIL: administrator.email, TOCSIN_ADMIN_PASSWORD: administrator.password, TOCSIN_ADMIN_TOKEN: token }
let mailbox: Awaited<ReturnType<typeof startMailbox>>
let node: Awaited<ReturnType<typeof startTocsin>>
let watcher: ChildProcess

beforeAll(async () => {
  mailbox = await startMailbox()
  node = await startTocsin(port, environment, folder)
  watcher = spawn(
    'node_modules/.bin/node',
    [
      'src/app/main.ts',
      'watch',
      `http://127.0.0.1:${port}`,
      '--mail',
      'ops@example.org',
      '--mail',
      'boss@example.org',
      '--every',
      '1',
      '--after',
      '2',
    ],
    {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], TOCSIN_SMTP_URL: mailbox.url, TOCSIN_TOKEN: token, TOCSIN_DATA_DIR: freshFolder() },
    },
  )
})
afterAll(async () => {
  watcher.kill('SIGKILL')
  await node.stop()
  await mailbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

const subjects = (to: string) => mailbox.mails.filter((mail) => mail.to === to).map(({ text }) => /^subject: (.*)$/im.exec(text)?.[1])

test('it says nothing while all is well, tells everybody once when the node is gone, and that it is over', async () => {
  await new Promise((resolve) => setTimeout(resolve, 5000))
  expect(mailbox.mails).toEqual([])
  await node.kill()
  await eventually('mail that it does not work', 60, async () => (mailbox.mails.length >= 2 ? true : undefined))
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const down = `Tocsin at 127.0.0.1:${port} does not work`
  expect([subjects('ops@example.org'), subjects('boss@example.org')]).toEqual([[down], [down]])
  node = await startTocsin(port, environment, folder)
  await eventually('mail that it is over', 60, async () => (mailbox.mails.length >= 4 ? true : undefined))
  expect(subjects('ops@example.org')).toEqual([down, `Over: Tocsin at 127.0.0.1:${port} works again`])
})
