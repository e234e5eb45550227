// Runbooks as code: `kind: runbook` in YAML.
import { actorRef } from '#kernel/actor.ts'
import { defineResource } from '#kernel/define.ts'
import type { Scope } from '#kernel/scope.ts'
import { save } from './catalogue.ts'
import { problemsOf } from './check.ts'
import { Runbook } from './definition.ts'
import { runbookRemoved } from './events.ts'
import * as store from './store.ts'

export const runbookResource = defineResource({
  kind: 'runbook',
  summary: 'What is done about something, by machines and people, step by step',
  schema: Runbook,
  key: (runbook) => runbook.slug,
  list: everyRunbook,
  async save(context, runbook, before) {
    if (before && JSON.stringify(before) === JSON.stringify(runbook)) return
    await save(context, runbook, actorRef(context.actor))
  },
  async remove({ scope, emit }, { slug }) {
    const found = await store.findRunbook(scope, slug)
    if (!found) return
    await store.removeRunbook(scope, found.id)
    await emit(runbookRemoved, { runbookId: found.id })
  },
  check: (runbook, all) => [
    ...problemsOf(runbook),
    ...(runbook.team !== null && !all.has('team', runbook.team)
      ? [{ path: '/team', message: `there is no team called ${runbook.team}` }]
      : []),
  ],
})

const pageSize = 200

async function everyRunbook(scope: Scope): Promise<Runbook[]> {
  const found: Runbook[] = []
  for (;;) {
    const rows = await store.listRunbooks(scope, { after: found.at(-1)?.slug, limit: pageSize })
    found.push(...rows.map(({ definition }) => Runbook.parse(definition)))
    if (rows.length < pageSize) return found
  }
}
