// Web push in this browser: whether it can, and how it subscribes.
import { workerUrl } from '../../trusted.ts'

/** Why this browser cannot be pushed to, or undefined when it can. */
export function whyNoPush(): string | undefined {
  if (!window.isSecureContext) return 'Browsers allow push only over https.'
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    return 'This browser has no push. On an iPhone add Tocsin to the home screen first.'
  if (Notification.permission === 'denied') return 'This browser blocks notifications of Tocsin. Allow them in its settings.'
  return undefined
}

export interface PushAddress {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

/** Asks for permission, starts the service worker and subscribes with the installation's public key (base64url). Throws Error with a sentence. */
export async function subscribeHere(publicKey: string): Promise<PushAddress> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('The browser was told not to show notifications. Nothing was added.')
  await navigator.serviceWorker.register(workerUrl())
  const { pushManager } = await navigator.serviceWorker.ready
  // A subscription made with another key could never be sent to.
  await (await pushManager.getSubscription())?.unsubscribe()
  const made = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })).toJSON()
  if (!made.endpoint || !made.keys?.['p256dh'] || !made.keys['auth'])
    throw new Error('The browser gave no address to push to. Try again, or use another browser.')
  return { endpoint: made.endpoint, keys: { p256dh: made.keys['p256dh'], auth: made.keys['auth'] } }
}

/** How a list calls this browser: "Chrome on Linux". */
export function thisBrowser(agent = navigator.userAgent): string {
  const browser =
    [
      ['Edg/', 'Edge'],
      ['Firefox/', 'Firefox'],
      ['Chrome/', 'Chrome'],
      ['Safari/', 'Safari'],
    ].find(([mark]) => agent.includes(mark!))?.[1] ?? 'Browser'
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Mac OS', 'macOS'],
    ['Windows', 'Windows'],
    ['Linux', 'Linux'],
  ].find(([mark]) => agent.includes(mark!))?.[1]
  return system ? `${browser} on ${system}` : browser
}
