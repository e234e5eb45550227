import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AppError } from '#kernel/errors.ts'
import type { ChannelContext } from '#kernel/integration.ts'
import type { OutboundRequest } from '#kernel/outbound.ts'
import { Secret } from '#kernel/secret.ts'
import { instant } from '#kernel/time.ts'
import { webPushChannel } from './channel.ts'

const browser = createECDH('prime256v1')
browser.generateKeys()
const auth = randomBytes(16)
const subscription = {
  endpoint: 'https://push.example.test/send/abc',
  keys: { p256dh: browser.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
}
const ours = createECDH('prime256v1')
ours.generateKeys()
const vapid = new Secret(
  JSON.stringify({
    publicKey: ours.getPublicKey().toString('base64url'),
    privateKey: ours.getPrivateKey().toString('base64url').padStart(43, 'A'),
  }),
)

const message = {
  key: 'ntf_1',
  repeated: false,
  title: 'Critical: Card payments fail',
  body: 'payments-gateway, for 2 min.',
  url: 'https://tocsin.test/p/abc',
  urgency: 'page' as const,
}

function world(answer: number | Error, settings: Secret | undefined = vapid, headers: Record<string, string> = {}) {
  const sent: OutboundRequest[] = []
  const context: ChannelContext = {
    now: instant('2026-11-23T02:12:00Z'),
    publicUrl: 'https://tocsin.test',
    settings: () => settings,
    outbound: {
      async fetch(request) {
        sent.push(request)
        if (answer instanceof Error) throw answer
        return { status: answer, headers, bytes: new Uint8Array(), text: () => '', url: request.url }
      },
      connectMail: () => Promise.reject(new Error('no mail')),
    },
  }
  return { sent, context }
}

/** RFC 8291, 3.4 and RFC 8188, as the browser does it. */
function decrypted(body: Uint8Array): unknown {
  const bytes = Buffer.from(body)
  const [salt, keyLength] = [bytes.subarray(0, 16), bytes[20]!]
  const sender = bytes.subarray(21, 21 + keyLength)
  const derive = (secret: Buffer, salted: Buffer, info: Buffer, size: number) => Buffer.from(hkdfSync('sha256', secret, salted, info, size))
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender])
  const material = derive(browser.computeSecret(sender), auth, keyInfo, 32)
  const key = derive(material, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(material, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const sealed = bytes.subarray(21 + keyLength)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString())
}

describe('the web-push channel', () => {
  test('sends what only the browser can read, signed, with the key as its tag', async () => {
    const { sent, context } = world(201)
    expect(await webPushChannel.send(context, subscription, message)).toMatchObject({ status: 'delivered' })
    expect(sent[0]).toMatchObject({
      url: subscription.endpoint,
      method: 'POST',
      maxRedirects: 0,
      headers: {
        TTL: '3600',
        Urgency: 'high',
        Topic: expect.stringMatching(/^[\w-]{32}$/),
        Authorization: expect.stringMatching(/^vapid t=/),
      },
    })
    expect(decrypted(sent[0]!.body as Uint8Array)).toEqual({
      title: message.title,
      body: message.body,
      url: message.url,
      tag: 'ntf_1',
      acts: true,
    })
  })

  // Push services answer 413 to more than 4,096 bytes, and that is not tried again.
  test.each(['a', 'ü', '日', '🔥', '"', '\u0001'])(
    'however long it is, it fits into one push, and begins as it should: %j',
    async (one) => {
      const { sent, context } = world(201)
      const long = {
        ...message,
        title: `Critical: ${one.repeat(1000)}`,
        body: `checkout ${one.repeat(4000)}`,
        url: `${message.url}${'d'.repeat(200)}`,
        repeated: true,
      }
      expect(await webPushChannel.send(context, subscription, long)).toMatchObject({ status: 'delivered' })
      const body = sent[0]!.body as Uint8Array
      expect(body.length).toBeLessThanOrEqual(4096)
      const shown = decrypted(body) as { title: string; body: string; url: string }
      expect(shown.title).toMatch(/^Critical: .+ \(repeat\)$/su)
      expect(shown.body).toMatch(/^checkout ./su)
      expect(shown.title + shown.body).not.toMatch(/[\ud800-\udfff]/u)
      expect(shown).toMatchObject({ url: long.url, tag: 'ntf_1', acts: true })
    },
  )

  test.each([
    [404, { canRetry: false, gone: true }],
    [410, { canRetry: false, gone: true }],
    [403, { canRetry: false }],
    [429, { canRetry: true }],
    [503, { canRetry: true }],
  ])('an answer %i of the push service', async (status, expected) => {
    expect(await webPushChannel.send(world(status).context, subscription, message)).toMatchObject({ status: 'failed', ...expected })
  })

  test.each([
    ['90', 90],
    ['Mon, 23 Nov 2026 02:13:00 GMT', 60],
    ['Mon, 23 Nov 2026 01:00:00 GMT', 0],
    ['soon', undefined],
  ])('one that is to be asked again: %s', async (header, seconds) => {
    const result = await webPushChannel.send(world(429, vapid, { 'retry-after': header }).context, subscription, message)
    expect(result).toMatchObject({ status: 'failed', canRetry: true })
    expect((result as { retryAfterSeconds?: number }).retryAfterSeconds).toBe(seconds)
  })

  test('an address that is not allowed is not tried again; one that does not answer is, in doubt', async () => {
    expect(await webPushChannel.send(world(new AppError('refused', 'no')).context, subscription, message)).toMatchObject({
      status: 'failed',
      canRetry: false,
    })
    expect(await webPushChannel.send(world(new AppError('unavailable', 'no')).context, subscription, message)).toMatchObject({
      status: 'failed',
      canRetry: true,
      inDoubt: true,
    })
  })

  test('keys that are no keys fail for good', async () => {
    const { context } = world(201)
    expect(await webPushChannel.send(context, { ...subscription, keys: { p256dh: 'AAAA', auth: 'AAAA' } }, message)).toMatchObject({
      status: 'failed',
      canRetry: false,
    })
  })

  test.each(['http://push.example.test/x', 'file:///etc/passwd', 'javascript:alert(1)'])('the endpoint %s is refused', (endpoint) => {
    expect(webPushChannel.address.safeParse({ ...subscription, endpoint }).success).toBe(false)
  })
})
