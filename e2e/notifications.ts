// The notifications of a page's service worker in Chromium: what is shown, and a click on one, as the browser tells it to the worker.
import type { CDPSession, Page } from 'playwright-core'

export type Shown = { title: string; body: string; tag: string; data: { url: string } }

/** What the worker's own global object is, as far as it is needed here. */
type WorkerScope = {
  registration: { getNotifications(filter?: { tag: string }): Promise<Shown[]> }
  clients: object
  dispatchEvent(event: Event): boolean
  NotificationEvent: new (type: string, init: object) => Event
}

const worker = (page: Page) => page.context().serviceWorkers()[0]!

export const shownNotifications = (page: Page): Promise<Shown[]> =>
  worker(page).evaluate(async () => {
    const { registration } = globalThis as unknown as WorkerScope
    return (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }))
  })

/** Clicks the notification with that tag. Gives the addresses that its worker wanted to open: a window itself opens only by a hand on the screen. */
export const clickNotification = (page: Page, tag: string, action: string): Promise<string[]> =>
  worker(page).evaluate(
    async ([wanted, chosen]) => {
      const scope = globalThis as unknown as WorkerScope
      const opened: string[] = []
      const openWindow = (url: string) => Promise.resolve(void opened.push(url))
      Object.defineProperty(scope.clients, 'openWindow', { configurable: true, value: openWindow })
      const [notification] = await scope.registration.getNotifications({ tag: wanted! })
      let work: Promise<unknown> = Promise.resolve()
      const event = new scope.NotificationEvent('notificationclick', { notification, action: chosen })
      Object.defineProperty(event, 'waitUntil', { value: (given: Promise<unknown>) => void (work = given) })
      scope.dispatchEvent(event)
      await work
      return opened
    },
    [tag, action],
  )

/** The id of the next service worker that runs, for `ServiceWorker.deliverPushMessage`. Listens from now on. */
export async function registrationOf(cdp: CDPSession): Promise<string> {
  const registered = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const active = versions.find(({ status, runningStatus }) => status === 'activated' && runningStatus === 'running')
      if (active) resolve(active.registrationId)
    }),
  )
  await cdp.send('ServiceWorker.enable')
  return registered
}
