// Commands and queries about services: what can break.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, type Fault } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { makeService, NewService, reviseService, ServiceChanges, view } from './service-writing.ts'
import * as store from './store.ts'
import { ServiceView, Slug } from './views.ts'

export const listServices = defineQuery({
  name: 'directory.listServices',
  summary: 'List services',
  http: 'GET /services',
  needs: 'directory:read',
  on: 'organisation',
  input: listInput({ team: Slug.optional(), text: z.string().max(100).optional() }),
  output: listOutput(ServiceView),
  examples: [{}],
  async run({ scope }, { team, text, limit, cursor }) {
    const rows = await store.listServices(scope, { team, text, after: decodeCursor(cursor)?.[0] as string | undefined, limit: limit + 1 })
    return page(rows, limit, view, (service) => [service.slug])
  },
})

export const getService = defineQuery({
  name: 'directory.getService',
  summary: 'Show one service',
  http: 'GET /services/{service}',
  needs: 'directory:read',
  on: ({ service }) => ({ service }),
  input: z.strictObject({ service: z.string().max(60) }),
  output: ServiceView,
  examples: [{ service: 'payments-gateway' }],
  async run({ scope }, { service }) {
    const found = await store.findService(scope, service)
    if (!found) throw missing('service')
    return view(found)
  },
})

export const addService = defineCommand({
  name: 'directory.addService',
  summary: 'Add a service',
  http: 'POST /services',
  status: 201,
  needs: 'directory:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: NewService,
  output: ServiceView,
  examples: [{ slug: 'payments-gateway', name: 'Payments gateway', team: 'payments', tier: 1 }],
  async run(context, input) {
    await checkNamed(context, input, { slug: input.slug, policy: null, dependsOn: [] })
    return makeService(context, input)
  },
})

export const changeService = defineCommand({
  name: 'directory.changeService',
  summary: 'Change a service',
  http: 'PATCH /services/{service}',
  needs: 'directory:configure',
  on: ({ service, team }) => ({ service, ...(team ? { team } : {}) }),
  input: ServiceChanges,
  output: ServiceView,
  examples: [{ service: 'payments-gateway', tier: 1 }],
  async run(context, input) {
    const service = await store.findService(context.scope, input.service)
    if (!service) throw missing('service')
    await checkNamed(context, input, service)
    return reviseService(context, input)
  },
})

type Naming = Pick<store.Service, 'policy' | 'dependsOn'>

/** Throws AppError 'bad-configuration' with the place of everything that it would name from now on and that is not there. What it named before stays. */
async function checkNamed(
  { isThere }: CommandContext,
  { policy, dependsOn = [] }: { [Field in keyof Naming]?: Naming[Field] | undefined },
  before: Naming & { slug: string },
): Promise<void> {
  const faults: Fault[] = []
  const check = async (kind: string, key: string, path: string) => {
    if (!(await isThere(kind, key))) faults.push({ path, message: `there is no ${kind} ${key}` })
  }
  if (policy && policy !== before.policy) await check('policy', policy, '/policy')
  for (const [index, slug] of dependsOn.entries()) {
    if (before.dependsOn.includes(slug)) continue
    const path = `/dependsOn/${index}`
    if (slug === before.slug) faults.push({ path, message: 'a service does not depend on itself' })
    else await check('service', slug, path)
  }
  const [first] = faults
  if (first) throw new AppError('bad-configuration', `${first.message.replace(/^./, (letter) => letter.toUpperCase())}.`, { faults })
}
