// Pages somebody because a target was missed. Through the catalogue by name, as the process's definition names the policy.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineEffect } from '#kernel/define.ts'

const Input = z.object({ policy: z.string(), incident: z.string(), title: z.string() })

export const pageForTarget = defineEffect<z.output<typeof Input>, { paged: true }>({
  name: 'incidents.page-for-target',
  input: Input,
  outcome: z.object({ paged: z.literal(true) }),
  repeat: 'with-key',
  retry: { attempts: 8, firstSeconds: 2 },
  async run({ ask }, { policy, incident, title }) {
    await ask('oncall.startPage', system('incidents.missed-target'), { policy, incident, title, body: title })
    return { paged: true }
  },
})
