// Web push (RFC 8030, encrypted by RFC 8291, signed by RFC 8292): the notification of a browser, also while no page is open.
import { createHash } from 'node:crypto'
import webPush from 'web-push'
import { z } from 'zod'
import { AppError } from '#kernel/errors.ts'
import { defineIntegration } from '#kernel/define.ts'
import type { ChannelDefinition, ChannelMessage } from '#kernel/integration.ts'
import { cut } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'

const Subscription = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(1000),
  keys: z.object({ p256dh: z.string(), auth: z.string() }),
})
const VapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() })

/** A push that waits longer than this at the push service is no longer news. */
const keptSeconds = { page: 3600, update: 86_400 }

export const webPushChannel: ChannelDefinition = {
  summary: 'Notification of a browser or an installed web app',
  address: Subscription,
  recognisesKey: true,
  async send({ outbound, settings, publicUrl, now }, address, message) {
    const keys = settings('vapid')
    if (!keys) return { status: 'failed', canRetry: false, reason: 'this installation has no key for web push yet' }
    let request
    try {
      request = webPush.generateRequestDetails(Subscription.parse(address), payloadOf(message), {
        vapidDetails: {
          ...VapidKeys.parse(JSON.parse(keys.open())),
          subject: publicUrl.startsWith('https:') ? publicUrl : 'mailto:tocsin@localhost.localdomain',
        },
        TTL: keptSeconds[message.urgency],
        topic: topicOf(message.key),
        urgency: message.urgency === 'page' ? 'high' : 'normal',
      })
    } catch {
      return { status: 'failed', canRetry: false, reason: 'the browser gave keys that cannot be used; subscribe again' }
    }
    // Its length is set by the way out, from the bytes.
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (name.toLowerCase() === 'content-length' ? [] : [[name, String(value)]])),
    )
    try {
      const { status, headers: answered } = await outbound.fetch({
        url: request.endpoint,
        method: 'POST',
        headers,
        body: new Uint8Array(request.body),
        maxRedirects: 0,
        maxBytes: 16_384,
        // By its topic and its tag.
        mayRepeat: true,
      })
      if (status >= 200 && status < 300)
        return { status: 'delivered', detail: 'taken by the push service', receipt: (answered['location'] ?? '').slice(0, 300) }
      if (status === 404 || status === 410)
        return { status: 'failed', canRetry: false, gone: true, reason: 'the browser has ended its subscription' }
      return {
        status: 'failed',
        canRetry: status === 429 || status >= 500,
        reason: `the push service answered ${status}`,
        ...retryAfter(answered['retry-after'], now),
      }
    } catch (error) {
      if (error instanceof AppError)
        return {
          status: 'failed',
          canRetry: error.code !== 'refused',
          inDoubt: error.code === 'unavailable',
          reason: `the push service: ${error.message}`,
        }
      throw error
    }
  },
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfter(header: string | undefined, now: Instant): { retryAfterSeconds?: number } {
  if (header === undefined) return {}
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - Date.parse(now)) / 1000
  return Number.isFinite(seconds) ? { retryAfterSeconds: Math.max(0, Math.ceil(seconds)) } : {}
}

/** A repeat takes the place of what still waits at the push service (RFC 8030, 5.4: at most 32 characters of base64url). */
const topicOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 32)

// A push has 4,096 bytes at most, of which its encryption takes 103.
const mostBytes = 3900

/** What `sw.js` shows, as JSON: long texts are cut, the body to what there is room for. The tag makes a repeat take the place of the first. */
function payloadOf(message: ChannelMessage): string {
  const title = `${cut(message.title, 300)}${message.repeated ? ' (repeat)' : ''}`
  const acts = message.urgency === 'page' && new URL(message.url).pathname.startsWith('/p/')
  for (let most = 1000; ; most = Math.floor(most * 0.75)) {
    const payload = JSON.stringify({ title, body: cut(message.body, most), url: message.url, tag: message.key, acts })
    if (most === 0 || Buffer.byteLength(payload) <= mostBytes) return payload
  }
}

export const webPushIntegration = defineIntegration({
  id: 'web-push',
  name: 'Web push',
  docs: 'Notifications of browsers that subscribed under Settings, How you are reached.',
  channels: { 'web-push': webPushChannel },
})
