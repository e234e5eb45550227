// The incidents of Fernhill's month, each told as its people went through it.
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { AlertSeverity } from '#kernel/signal.ts'
import { handleOf, integrationKeys, openGroup, signalOf } from './ordinary-days.ts'
import type { Stage } from './stage.ts'

/** Minutes after its beginning, who did it, what, with what. `incident` is added to every input. */
type Act = readonly [minute: number, who: string, operation: string, input: object]

export type Story = {
  /** Days before now, and the UTC hour at which it begins. */
  daysAgo: number
  hour: number
  /** Begins as a critical alert whose route opens it, or by a person who declares it. */
  begins:
    | {
        alert: {
          alertname: string
          title: string
          service: string
          severity: AlertSeverity
          body?: string
          labels?: Record<string, string>
        }
      }
    | { declares: string; input: object }
  acts: readonly Act[]
  /** Minutes after which the alert clears. */
  clearsAfter?: number
  review?: {
    owner: string
    sections: Record<string, string>
    actions: readonly { title: string; owner: string; inDays: number; done?: boolean }[]
    publishes: boolean
  }
}

/** Plays one from `at` on; answers the incident's number. */
export async function play(stage: Stage, story: Story, at: Instant): Promise<string> {
  await stage.until(at)
  const incident =
    'alert' in story.begins
      ? await byAlert(stage, story.begins.alert)
      : String((await stage.ask<{ number: number }>(story.begins.declares, 'incidents.declare', story.begins.input)).number)
  let cleared = !('alert' in story.begins) || story.clearsAfter === undefined
  for (const [minute, who, operation, input] of story.acts) {
    if (!cleared && story.clearsAfter! <= minute && 'alert' in story.begins) {
      await stage.until(addSeconds(at, story.clearsAfter! * 60))
      await stage.send(integrationKeys.prometheus, signalOf(story.begins.alert, 'resolve'))
      cleared = true
    }
    await stage.until(addSeconds(at, minute * 60 + Math.floor(stage.chance() * 40)))
    const { nextUpdateInMinutes, ...given } = input as { nextUpdateInMinutes?: number }
    await stage.ask(who, operation, {
      incident,
      ...given,
      ...(nextUpdateInMinutes === undefined ? {} : { nextUpdateAt: addSeconds(stage.now(), nextUpdateInMinutes * 60) }),
    })
  }
  if (story.review) await writeReview(stage, incident, story.review)
  return incident
}

async function byAlert(stage: Stage, alert: Parameters<typeof signalOf>[0]): Promise<string> {
  const told = stage.mail.length
  await stage.send(integrationKeys.prometheus, signalOf(alert, 'trigger', addSeconds(stage.now(), -60)))
  await stage.pass(35 + stage.chance() * 60)
  const group = await openGroup(stage, alert.service)
  const paged = stage.mail.slice(told).find((mail) => mail.title.includes(alert.title))
  if (group) await stage.ask(paged ? handleOf(paged.to) : 'mara', 'alerts.acknowledgeGroup', { groupId: group })
  const { items } = await stage.ask<{ items: { number: number }[] }>('mara', 'incidents.list', { limit: 1 })
  return String(items[0]!.number)
}

async function writeReview(
  stage: Stage,
  incident: string,
  { owner, sections, actions, publishes }: NonNullable<Story['review']>,
): Promise<void> {
  await stage.pass(18 * 3600)
  await stage.ask(owner, 'reviews.setOwner', { incident, owner })
  for (const [section, text] of Object.entries(sections)) {
    await stage.ask(owner, 'reviews.writeSection', { incident, section, text })
    await stage.pass(600)
  }
  for (const { title, owner: by, inDays, done } of actions) {
    const item = await stage.ask<{ id: string }>(owner, 'reviews.addActionItem', {
      incident,
      title,
      owner: by,
      due: addSeconds(stage.now(), inDays * 86_400).slice(0, 10),
    })
    if (done) await stage.ask(by, 'reviews.changeActionItem', { actionItem: item.id, done: true })
  }
  if (publishes) await stage.ask(owner, 'reviews.publish', { incident })
}
