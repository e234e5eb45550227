// The effect that gives an alert back whose acknowledgement has grown old: through the catalogue, as any person would.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineEffect } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import { idOf } from '#kernel/ids.ts'
import { unacknowledgeGroup } from '#domains/alerts/index.ts'

export const giveBackGroup = defineEffect({
  name: 'oncall.give-back',
  input: z.object({ groupId: idOf('grp') }),
  outcome: z.object({ given: z.boolean() }),
  repeat: 'with-key',
  retry: { attempts: 20, firstSeconds: 1 },
  urgent: true,
  async run({ ask }, { groupId }) {
    try {
      await ask(unacknowledgeGroup.name, system('oncall.acknowledgement-timed-out'), { groupId })
      return { given: true }
    } catch (error) {
      // Resolved or given back by somebody in the meantime: nothing is left to do.
      if (error instanceof AppError && error.code === 'refused') return { given: false }
      throw error
    }
  },
})
