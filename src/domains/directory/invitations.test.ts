// Whom an administrator adds or helps: by an invitation or a link, mailed, or handed over where there is no mail server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anonymous, system, type Actor } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import type { World } from '#scenarios/world/world.ts'
import { mailedWorld, noUse, password, tokenIn, type Mailed } from './fixtures/mailed-world.ts'
import { askForPasswordLink, linkAtTheMachine, sendPasswordLink, setPassword } from './password-links.ts'
import { addUser, disableUser } from './people.ts'
import { setupState, signIn } from './sign-in.ts'

let world: World
let admin: Extract<Actor, { kind: 'user' }>
const mails: Mailed[] = []
beforeAll(async () => {
  world = await mailedWorld(mails)
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.settle()
  mails.splice(0)
})

const newestToken = () => tokenIn(mails.at(-1)?.url)
const set = (token: string) => world.do(anonymous, setPassword, { token, password })

describe('an administrator', () => {
  test('invites whom they add: the mail says who did and what to do; nobody tells a password', async () => {
    const added = await world.do(admin, addUser, { handle: 'nia', name: 'Nia', email: 'nia@example.test', invite: true })
    expect(added).toMatchObject({ signIn: expect.stringMatching(/is mailed to them/), invitation: { mailed: true } })
    expect(JSON.stringify(added)).not.toContain('set-password')
    await world.settle()
    expect(mails).toMatchObject([{ to: 'nia@example.test', title: 'You are invited to Tocsin' }])
    expect(mails[0]!.body).toMatch(/^Ada added you to Tocsin/)
    await set(newestToken())
    expect(await world.do(anonymous, signIn, { email: 'nia@example.test', password })).toMatchObject({ session: {} })
    expect((await world.events('user.password-link-made')).at(-1)).toMatchObject({
      actor: admin.userId,
      data: { link: 'invitation', mailed: true },
    })
  })

  test('adds people as before: with a password, or without one, and is told how they get in', async () => {
    const base = { name: 'Olu', email: 'olu@example.test' }
    expect(await world.do(admin, addUser, { handle: 'olu', ...base })).toMatchObject({
      signIn: expect.stringMatching(/^They have no password yet/),
      invitation: null,
    })
    expect(await world.do(admin, addUser, { handle: 'oz', name: 'Oz', email: 'oz@example.test', password })).toMatchObject({
      signIn: expect.stringMatching(/the password that was given/),
      invitation: null,
    })
    await world.settle()
    expect(mails).toEqual([])
    await expect(
      world.do(admin, addUser, { handle: 'ole', name: 'Ole', email: 'ole@example.test', password, invite: true }),
    ).rejects.toMatchObject({ code: 'refused' })
    // Whoever has no password yet gets in by asking for a link.
    await world.do(anonymous, askForPasswordLink, { email: 'olu@example.test' })
    await world.settle()
    expect(await set(newestToken())).toMatchObject({ session: {} })
  })

  test('helps whoever may be helped: an administrator only another one, nobody who is disabled', async () => {
    const manager = await world.person('pia', 'manager')
    await world.person('quin', 'administrator')
    await world.person('ray')
    await expect(world.do(manager, sendPasswordLink, { user: 'quin' })).rejects.toThrow('Only an administrator')
    expect(await world.do(manager, sendPasswordLink, { user: 'ray' })).toMatchObject({ mailed: true })
    expect(await world.do(admin, sendPasswordLink, { user: 'quin' })).toMatchObject({ mailed: true })
    await world.do(admin, disableUser, { user: 'ray' })
    await expect(world.do(admin, sendPasswordLink, { user: 'ray' })).rejects.toMatchObject({ code: 'refused' })
    await expect(world.do(await world.person('sol'), sendPasswordLink, { user: 'pia' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(admin, sendPasswordLink, { user: 'who' })).rejects.toMatchObject({ code: 'missing' })
    // The mail was on its way when the person was disabled.
    await world.settle()
    expect(mails.map(({ to }) => to)).toEqual(['quin@example.test'])
  })
})

describe('where no mail server is set', () => {
  let silent: World
  let boss: Extract<Actor, { kind: 'user' }>
  beforeAll(async () => {
    silent = await mailedWorld(mails, { smtp: false })
    boss = await silent.person('ada', 'administrator')
  })
  afterAll(() => silent.close())
  const use = (link: string | undefined) => silent.do(anonymous, setPassword, { token: tokenIn(link), password })

  test('whoever asks is told so, the same for every address, and nothing is made', async () => {
    expect(await silent.do(anonymous, setupState, {})).toMatchObject({ mails: false })
    const answers = await Promise.allSettled(
      ['ada@example.test', 'nobody@example.test'].map((email) => silent.do(anonymous, askForPasswordLink, { email })),
    )
    const told = { code: 'refused', message: expect.stringMatching(/^This installation sends no mail\./) }
    expect(answers).toMatchObject(answers.map(() => ({ status: 'rejected', reason: told })))
    expect(await silent.read((scope) => scope.query(sql`select id from password_links`))).toEqual([])
  })

  test('an administrator gets the link to hand it over, and the record does not', async () => {
    const { invitation } = await silent.do(boss, addUser, { handle: 'tia', name: 'Tia', email: 'tia@example.test', invite: true })
    const { mailed, link } = await silent.do(boss, sendPasswordLink, { user: 'tia' })
    expect(mailed).toBe(false)
    await expect(use(invitation?.link)).rejects.toMatchObject(noUse)
    expect(await use(link)).toMatchObject({ session: {} })
    await silent.settle()
    expect(mails).toEqual([])
    expect(JSON.stringify(await silent.events())).not.toContain(tokenIn(link))
    expect((await silent.events('user.password-link-made')).map(({ data }) => data)).toMatchObject([
      { link: 'invitation', mailed: false },
      { link: 'invitation', mailed: false },
    ])
  })

  test('whoever is at the machine makes one for an hour, for who is locked out', async () => {
    const make = (email: string) => silent.engine.transact(system('command line'), (context) => linkAtTheMachine(context, email))
    const { link } = await make('ADA@example.test')
    expect(await use(link)).toMatchObject({ userId: boss.userId })
    expect((await silent.events('user.password-link-made')).at(-1)).toMatchObject({
      actor: 'system:command line',
      data: { link: 'machine' },
    })
    await expect(make('nobody@example.test')).rejects.toMatchObject({ code: 'refused' })
    const { link: old } = await make('ada@example.test')
    await silent.pass('1 h')
    await expect(use(old)).rejects.toMatchObject(noUse)
  })
})
