// What `tocsin check` takes, a server takes; and what one of them refuses, the other refuses at the same place.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogue } from '#app/wiring.ts'
import { check } from '#platform/configuration/check.ts'
import { asFault } from '#platform/configuration/faults.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let admin: Actor
beforeAll(async () => {
  world = await createWorld(catalogue)
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())

const people = (count: number) => Array.from({ length: count }, (_, n) => `kind: user\nhandle: p${n}\nname: P\nemail: p${n}@example.test\n`)
const fileOf = (text: string, at: number) => ({ path: `${at}.yaml`, text })

test.each([
  {
    name: 'a component twice on a page',
    texts: ['kind: component\nslug: shop\nname: Shop\n---\nkind: status-page\nslug: all\nname: All\ncomponents: [shop, shop]\n'],
    expected: [{ path: '0.yaml:8:13', message: 'components: names a component twice' }],
  },
  {
    name: 'a team of too many',
    texts: [
      `kind: team\nslug: all\nname: All\nmembers: { ${people(501)
        .map((_, n) => `p${n}: member`)
        .join(', ')} }\n`,
      ...[0, 180, 360].map((from) =>
        people(501)
          .slice(from, from + 180)
          .join('---\n'),
      ),
    ],
    expected: [{ path: '0.yaml:4:10', message: 'members: a team has at most 500 people' }],
  },
])('$name', async ({ texts, expected }) => {
  const files = texts.map(fileOf)
  expect(check(files, catalogue.resources).faults.map(asFault)).toEqual(expected)
  const apply = catalogue.operations.find((one) => one.name === 'configuration.apply')!
  await expect(world.do(admin, apply as never, { files })).rejects.toMatchObject({ code: 'bad-configuration', faults: expected })
})
