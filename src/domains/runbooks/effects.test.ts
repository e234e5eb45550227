import { expect, test } from 'vitest'
import type { EffectContext } from '#kernel/effect.ts'
import type { OutboundRequest } from '#kernel/outbound.ts'
import { changeOutside, readOutside } from './effects.ts'

test.each([
  ['changes something, also by GET, goes out once', changeOutside, 'GET', false],
  ['changes something goes out once', changeOutside, 'POST', false],
  ['only reads, also by POST, may go out twice', readOutside, 'POST', true],
] as const)('a call that %s', async (_, effect, method, mayRepeat) => {
  const sent: OutboundRequest[] = []
  const outbound = {
    fetch(request: OutboundRequest) {
      sent.push(request)
      return Promise.resolve({ status: 200, headers: {}, bytes: new Uint8Array(), text: () => '{}', url: request.url })
    },
  }
  const input = {
    runId: 'run_01k3v0v5b8e6w9d2m4q7r1s5t8' as const,
    connection: null,
    method,
    url: 'https://ci.example.org/build',
    headers: {},
  }
  const whole = { ...input, body: null, expect: null, extract: {}, timeoutSeconds: 10 } as const
  await effect.run({ outbound, attempt: 1 } as unknown as EffectContext, whole, { url: input.url, headers: {}, secrets: [] })
  expect(sent).toMatchObject([{ method, mayRepeat }])
})
