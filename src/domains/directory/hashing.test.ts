// A password takes the processor for long: nobody else waits for it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anonymous, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from './index.ts'
import { addUser, changePassword } from './people.ts'
import { signIn } from './sign-in.ts'
import { addTeam } from './teams.ts'

let world: World
let admin: Extract<Actor, { kind: 'user' }>
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory]))
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())

const password = 'a long sentence is best'
const mara = { handle: 'mara', name: 'Mara Lindqvist', email: 'mara@example.test' }

test('what is asked while many sign in is done before they are', async () => {
  await world.do(admin, addUser, { ...mara, password })
  let signedIn = 0
  const all = Array.from({ length: 24 }, async (_, index) => {
    await world.do(anonymous, signIn, { email: mara.email, password: index % 2 === 0 ? password : 'wrong' }).catch(() => undefined)
    signedIn++
  })
  await world.do(admin, addTeam, { slug: 'payments', name: 'Payments' })
  expect(signedIn).toBeLessThan(12)
  await Promise.all(all)
})

test('a password that was changed is not signed in with any more', async () => {
  const { userId } = await world.do(anonymous, signIn, { email: mara.email, password })
  const herself = { ...admin, userId: userId as typeof admin.userId }
  await world.do(herself, changePassword, { current: password, next: 'a longer one is better' })
  await expect(world.do(anonymous, signIn, { email: mara.email, password })).rejects.toMatchObject({ code: 'refused' })
  expect(await world.do(anonymous, signIn, { email: mara.email, password: 'a longer one is better' })).toMatchObject({ userId })
})
