// The service worker: shows what web push brings, also while no page is open. It keeps nothing and answers no requests of pages.
'use strict'

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  const { title, body, url, tag, acts } = messageOf(event.data)
  const open = { action: 'open', title: 'Open' }
  const actions = acts ? [{ action: 'acknowledge', title: 'Acknowledge' }, open] : [open]
  const looks = { icon: '/icon.svg', badge: '/icon-maskable.svg', renotify: acts && tag !== '', requireInteraction: acts }
  event.waitUntil(self.registration.showNotification(title, { body, tag, actions, data: { url }, ...looks }))
})

self.addEventListener('notificationclick', (event) => {
  const { url } = event.notification.data
  event.notification.close()
  event.waitUntil(event.action === 'acknowledge' ? acknowledge(url) : open(url))
})

/** A push always shows something, also one that cannot be read: a browser ends the subscription of those who stay silent. */
function messageOf(data) {
  let given = {}
  try {
    given = data.json()
  } catch {
    // What came is no JSON: the notice below still leads to the page that lists everything.
  }
  const { title, body, url, tag, acts } = given
  return {
    title: String(title || 'Something needs you'),
    body: String(body || ''),
    url: ownUrl(url),
    tag: String(tag || ''),
    acts: acts === true,
  }
}

/** Only addresses of this installation are opened. */
function ownUrl(url) {
  const { origin } = self.location
  const text = String(url || '/')
  const found = URL.canParse(text, origin) ? new URL(text, origin) : undefined
  return found?.origin === origin ? found.href : origin
}

/** Answers by the signed page. Where that fails, or somebody was faster, the page opens: nobody believes they have it when they do not. */
async function acknowledge(url) {
  const answer = await fetch(`${url}/acknowledge`, { method: 'POST' }).catch(() => undefined)
  if (!answer?.ok || !(await answer.text()).includes('You have it')) return open(url)
  await self.registration.showNotification('You have it', { body: 'Nobody else is paged.', tag: url, data: { url }, icon: '/icon.svg' })
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: 'window' })
  const shown = windows.find((one) => one.url === url)
  return shown ? shown.focus() : self.clients.openWindow(url)
}
