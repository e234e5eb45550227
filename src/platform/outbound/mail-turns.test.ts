import { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { inMailTurns } from './mail-turns.ts'

const socket = () => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })

test('thirty-two mails are handed over at once, and the next when one of them is', async () => {
  const opened: Duplex[] = []
  const connect = inMailTurns(() => {
    opened.push(socket())
    return Promise.resolve(opened.at(-1)!)
  })
  const all = Array.from({ length: 34 }, () => connect('mail.example.org', 25, { secure: false, timeoutSeconds: 5 }))
  await Promise.all(all.slice(0, 32))
  expect(opened).toHaveLength(32)
  opened[3]!.destroy()
  await all[32]
  expect(opened).toHaveLength(33)
  opened[4]!.destroy()
  await all[33]
})

test('one that could not be opened takes nobody a turn', async () => {
  let tries = 0
  const connect = inMailTurns(() => (++tries <= 32 ? Promise.reject(new Error('away')) : Promise.resolve(socket())))
  const options = { secure: false, timeoutSeconds: 5 }
  const failures = await Promise.allSettled(Array.from({ length: 32 }, () => connect('mail.example.org', 25, options)))
  expect(failures.every(({ status }) => status === 'rejected')).toBe(true)
  await connect('mail.example.org', 25, options)
})

test('one that was closed before anybody had it takes nobody a turn', async () => {
  const connect = inMailTurns(async () => {
    const gone = socket()
    const closed = new Promise((resolve) => gone.once('close', resolve))
    gone.destroy()
    await closed
    return gone
  })
  const options = { secure: false, timeoutSeconds: 5 }
  for (let n = 0; n < 40; n++) await connect('mail.example.org', 25, options)
})

test('whose turn does not come in time hears so, and opens nothing later', async () => {
  vi.useFakeTimers()
  try {
    const opened: Duplex[] = []
    const connect = inMailTurns(() => {
      opened.push(socket())
      return Promise.resolve(opened.at(-1)!)
    })
    const options = { secure: false, timeoutSeconds: 5 }
    await Promise.all(Array.from({ length: 32 }, () => connect('mail.example.org', 25, options)))
    const late = expect(connect('mail.example.org', 25, options)).rejects.toMatchObject({ code: 'unavailable' })
    await vi.advanceTimersByTimeAsync(5000)
    await late
    opened[0]!.destroy()
    await vi.advanceTimersByTimeAsync(10)
    expect(opened).toHaveLength(32)
  } finally {
    vi.useRealTimers()
  }
})
