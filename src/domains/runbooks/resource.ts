// Runbooks as code: `kind: runbook` in YAML.
import { actorRef } from '#kernel/actor.ts'
import { defineResource } from '#kernel/define.ts'
import type { Scope } from '#kernel/scope.ts'
import { save } from './catalogue.ts'
import { problemsOf } from './check.ts'
import { Runbook, type Step, type Who } from './definition.ts'
import { runbookRemoved } from './events.ts'
import { stepsOf } from './flow.ts'
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
    ...stepsOf(runbook).flatMap(({ step, pointer }) =>
      namesIn(step).flatMap(({ kind, key, path }) =>
        all.has(kind, key) ? [] : [{ path: `${pointer}${path}`, message: `there is no ${kind} ${key}` }],
      ),
    ),
  ],
})

type Named = { kind: string; key: string; path: string }

/** Whom a step asks and what it tells, by its place in the step. Where nobody who is named can be found, everybody may answer, and approve. */
function namesIn({ ask, approve, update }: Step): Named[] {
  return [
    ...whoIn(ask?.who, '/ask/who'),
    ...whoIn(ask?.askAlso?.who, '/ask/askAlso/who'),
    ...whoIn(approve?.who, '/approve/who'),
    ...whoIn(approve?.askAlso?.who, '/approve/askAlso/who'),
    ...(update?.components ?? []).map(({ component }, i) => ({
      kind: 'component',
      key: component,
      path: `/update/components/${i}/component`,
    })),
    ...(update?.pages ?? []).map((page, i) => ({ kind: 'status-page', key: page, path: `/update/pages/${i}` })),
  ]
}

/** A role belongs to whatever process the incident follows; a person may be named by id, which is not written anywhere. */
const whoIn = (who: readonly Who[] = [], path: string): Named[] =>
  who.flatMap((one, i) => {
    const [kind, key] = Object.entries(one)[0] as [string, string]
    return kind === 'role' || key.startsWith('usr_') ? [] : [{ kind, key, path: `${path}/${i}/${kind}` }]
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
