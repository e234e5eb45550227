// Commands and queries about silences.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { idOf } from '#kernel/ids.ts'
import { InstantOut, InstantSchema } from '#kernel/time.ts'
import { done, Done, Name } from '#domains/directory/index.ts'
import { silenceEnded, silenceMade } from './events.ts'
import * as store from './rule-store.ts'
import { Matchers, readMatchers } from './rules.ts'
import { compileSilence, silenceState } from './silencing.ts'

const SilenceView = z
  .object({
    id: idOf('sil'),
    name: z.string(),
    matchers: z.string(),
    startsAt: InstantOut,
    endsAt: InstantOut,
    createdBy: z.string(),
    createdByName: z.string().nullable(),
    state: z.enum(['pending', 'active', 'expired']),
  })
  .meta({ id: 'Silence' })
const example = { silenceId: 'sil_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const listSilences = defineQuery({
  name: 'silences.list',
  summary: 'List silences that are active or still to come',
  http: 'GET /silences',
  needs: 'alerts:read',
  on: 'organisation',
  input: z.strictObject({ all: z.stringbool().optional() }),
  output: z.object({ items: z.array(SilenceView) }),
  examples: [{}],
  async run({ scope, now }, { all }) {
    return {
      items: (await store.listSilences(scope, all ? 'all' : 'current', 500)).map(({ createdAt: _, ...row }) => ({
        ...row,
        state: silenceState(row, now),
      })),
    }
  },
})

export const addSilence = defineCommand({
  name: 'silences.add',
  summary: 'Keep new alerts from paging for a while; they are kept and shown. What pages already goes on',
  http: 'POST /silences',
  status: 201,
  needs: 'alerts:configure',
  on: 'organisation',
  input: z.strictObject({ name: Name, matchers: Matchers, startsAt: InstantSchema.optional(), endsAt: InstantSchema }),
  output: SilenceView,
  examples: [{ name: 'deploy window', matchers: 'service=payments-gateway', endsAt: '2026-11-24T14:00:00Z' }],
  async run({ scope, actor, now, emit, newId }, { name, matchers, startsAt, endsAt }) {
    const from = startsAt ?? now
    if (endsAt <= now || endsAt <= from) return refuse('A silence ends after it begins, and in the future.')
    const id = newId('sil')
    const createdBy = personOf(actor) ?? 'system'
    const compiled = compileSilence({ id, comment: name, createdBy, startsAt: from, endsAt, matcherSets: [readMatchers(matchers)] })
    if ('faults' in compiled) return refuse(`This silence ${compiled.faults[0]!.message}.`)
    await store.insertSilence(scope, { id, name, matchers, startsAt: from, endsAt, createdBy })
    await emit(silenceMade, { silenceId: id, endsAt })
    const { createdAt: _, ...row } = (await store.findSilence(scope, id))!
    return { ...row, state: silenceState(row, now) }
  },
})

export const endSilence = defineCommand({
  name: 'silences.end',
  summary: 'End a silence now: what it held back is looked at again',
  http: 'POST /silences/{silenceId}/end',
  needs: 'alerts:configure',
  on: ({ silenceId }) => ({ silence: silenceId }),
  input: z.strictObject({ silenceId: idOf('sil') }),
  output: Done,
  examples: [example],
  async run({ scope, emit, now }, { silenceId }) {
    const silence = await store.findSilence(scope, silenceId)
    if (!silence) throw missing('silence')
    if (silence.endsAt <= now) return refuse('It is over already.')
    await store.endSilence(scope, silenceId)
    await emit(silenceEnded, { silenceId })
    return done
  },
})
