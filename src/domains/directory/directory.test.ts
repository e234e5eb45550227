import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anonymous } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from './index.ts'
import { addUser, changeUser, disableUser, getUser, listUsers } from './people.ts'
import { setUp, signIn, whoAmI } from './sign-in.ts'
import { addService, changeService, getService, listServices } from './services.ts'
import { addTeam, changeTeam, getTeam } from './teams.ts'
import { actorOfSession, rightsOfUser } from './authentication.ts'
import { hashOfToken } from '#platform/secrets/token.ts'

let world: World
beforeAll(async () => void (world = await createWorld(catalogueOf([directory]))))
afterAll(() => world.close())

describe('the directory', () => {
  test('the first administrator is made once, and from elsewhere only with the set-up token', async () => {
    const input = {
      organisation: 'Fernhill',
      name: 'Mara Lindqvist',
      email: 'mara@example.test',
      password: 'a long sentence is best',
      zone: 'Europe/Berlin',
    }
    await expect(world.do(anonymous, setUp, input)).rejects.toMatchObject({ code: 'forbidden' })
    const token = world.engine.signer.sign('first administrator', 'setup')
    expect(await world.do(anonymous, setUp, { ...input, setupToken: token })).toMatchObject({
      session: { secret: expect.stringMatching(/^[\w-]{32}$/) },
    })
    await expect(world.do(anonymous, setUp, { ...input, setupToken: token })).rejects.toMatchObject({ code: 'refused' })
    expect((await world.events('organisation.set-up')).length).toBe(1)
  })

  test('signing in needs the right password, and gives a session that is a row', async () => {
    await expect(world.do(anonymous, signIn, { email: 'mara@example.test', password: 'wrong' })).rejects.toThrow(
      'E-mail or password is not right.',
    )
    await expect(world.do(anonymous, signIn, { email: 'nobody@example.test', password: 'wrong' })).rejects.toThrow(
      'E-mail or password is not right.',
    )
    const { session } = await world.do(anonymous, signIn, { email: 'MARA@example.test', password: 'a long sentence is best' })
    const proven = await world.read((scope) => actorOfSession(scope, hashOfToken(session.secret)))
    expect(proven?.actor).toMatchObject({ kind: 'user', rights: { seesEverything: true } })
  })

  test('a session says what it may everywhere, and what beyond that in each team', async () => {
    const admin = await world.person('mo', 'administrator')
    const lena = await world.person('lena', 'stakeholder')
    await world.do(admin, addTeam, { slug: 'stock', name: 'Stock', members: [{ user: 'lena', role: 'member' }] })
    const rights = (await world.read((scope) => rightsOfUser(scope, lena.userId)))!
    const { may, teams } = await world.do({ ...lena, rights }, whoAmI, {})
    expect(may).not.toContain('oncall:respond')
    expect(teams).toMatchObject([{ slug: 'stock', role: 'member', may: expect.arrayContaining(['oncall:respond']) }])
    expect(teams[0]!.may).not.toContain('oncall:configure')
  })

  test('disabling a person ends their sessions in the same transaction', async () => {
    const admin = await world.person('root', 'administrator')
    await world.do(admin, addUser, {
      handle: 'tunde',
      name: 'Tunde Adeyemi',
      email: 'tunde@example.test',
      password: 'a long sentence is best',
    })
    const { session } = await world.do(anonymous, signIn, { email: 'tunde@example.test', password: 'a long sentence is best' })
    await world.do(admin, disableUser, { user: 'tunde' })
    expect(await world.read((scope) => actorOfSession(scope, hashOfToken(session.secret)))).toBeUndefined()
    await expect(world.do(anonymous, signIn, { email: 'tunde@example.test', password: 'a long sentence is best' })).rejects.toMatchObject({
      code: 'refused',
    })
  })

  test("a members-only team's services are missing for others, in lists too", async () => {
    const admin = await world.person('ada', 'administrator')
    const outsider = await world.person('otto')
    await world.do(admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
    await world.do(admin, addService, { slug: 'scoring', name: 'Scoring', team: 'fraud' })
    expect((await world.do(admin, getService, { service: 'scoring' })).team?.slug).toBe('fraud')
    await expect(world.do(outsider, getService, { service: 'scoring' })).rejects.toMatchObject({ code: 'missing' })
    expect((await world.do(outsider, listServices, {})).items).toEqual([])
  })

  test('a slug that somebody does not see is taken, and they are told so', async () => {
    const [admin, manager] = [await world.person('eve', 'administrator'), await world.person('max', 'manager')]
    await world.do(admin, addTeam, { slug: 'board', name: 'Board', membersOnly: true })
    await world.do(admin, addService, { slug: 'minutes', name: 'Minutes', team: 'board' })
    await expect(world.do(manager, addTeam, { slug: 'board', name: 'Mine' })).rejects.toThrow('There is already a team board.')
    await expect(world.do(manager, addService, { slug: 'minutes', name: 'Mine' })).rejects.toThrow('There is already a service minutes.')
  })

  test('a person is in a team once', async () => {
    const admin = await world.person('uma', 'administrator')
    const members = [{ user: 'uma' }, { user: admin.userId, role: 'lead' }]
    await expect(world.do(admin, addTeam, { slug: 'twice', name: 'Twice', members })).rejects.toThrow('Uma is named twice.')
  })

  test('an address is one person’s, whichever way it is written', async () => {
    const admin = await world.person('ann', 'administrator')
    await world.person('ben')
    await expect(world.do(admin, changeUser, { user: 'ben', email: 'ANN@example.test' })).rejects.toThrow(
      'There is already a person with this e-mail address.',
    )
    expect(await world.do(admin, changeUser, { user: 'ben', email: 'Ben@Example.test' })).toMatchObject({ email: 'ben@example.test' })
    expect((await world.events('user.changed')).filter(({ actor }) => actor === admin.userId)).toEqual([])
  })

  test('somebody goes on administering', async () => {
    const alone = await createWorld(catalogueOf([directory]))
    const admin = await alone.person('ann', 'administrator')
    await expect(alone.do(admin, changeUser, { user: 'ann', role: 'manager' })).rejects.toThrow('There would be no administrator any more.')
    await alone.person('ben', 'administrator')
    expect(await alone.do(admin, changeUser, { user: 'ann', role: 'manager' })).toMatchObject({ role: 'manager' })
    await alone.close()
  })

  test('a responder may not add people, and sees no e-mail addresses', async () => {
    const responder = await world.person('rita')
    await expect(world.do(responder, addUser, { handle: 'x', name: 'X', email: 'x@example.test' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const { items } = await world.do(responder, listUsers, {})
    expect(items.filter((user) => user.email !== undefined).map((user) => user.handle)).toEqual(['rita'])
  })

  test("only an administrator changes an administrator's address", async () => {
    const manager = await world.person('otis', 'manager')
    const boss = await world.person('bo', 'administrator')
    const elsewhere = { email: 'elsewhere@example.test' }
    await expect(world.do(manager, changeUser, { user: 'bo', ...elsewhere })).rejects.toThrow("an administrator's address")
    expect(await world.do(manager, changeUser, { user: 'bo', name: 'Bo', email: 'BO@example.test' })).toMatchObject({ name: 'Bo' })
    expect(await world.do(boss, changeUser, { user: 'bo', ...elsewhere })).toMatchObject(elsewhere)
    await world.person('nils')
    expect(await world.do(manager, changeUser, { user: 'nils', email: 'nils@elsewhere.test' })).toMatchObject({ handle: 'nils' })
    await expect(world.do(manager, changeUser, { user: 'nils', ...elsewhere })).rejects.toThrow('already a person')
  })

  test('there is always an administrator', async () => {
    const boss = await world.person('last', 'administrator')
    const others = (await world.do(boss, listUsers, { limit: 200 })).items.filter(
      ({ role, id }) => role === 'administrator' && id !== boss.userId,
    )
    for (const { handle } of others) await world.do(boss, disableUser, { user: handle })
    await expect(world.do(boss, changeUser, { user: 'last', role: 'responder' })).rejects.toThrow('no administrator any more')
    await world.person('next', 'administrator')
    expect(await world.do(boss, changeUser, { user: 'last', role: 'responder' })).toMatchObject({ role: 'responder' })
  })

  test('a team, a service and a person who are changed by two at once keep what each of them changed', async () => {
    const admin = await world.person('kim', 'administrator')
    const change = (operation: unknown, input: object) => world.do(admin, operation as typeof changeUser, input)
    for (const n of [1, 2, 3]) {
      const [slug, name] = [`both-${n}`, `Both ${n}`]
      await world.person(slug)
      await world.do(admin, addTeam, { slug, name: 'Both' })
      await world.do(admin, addService, { slug, name: 'Both' })
      await Promise.all([
        change(changeTeam, { team: slug, name }),
        change(changeTeam, { team: slug, membersOnly: true }),
        change(changeService, { service: slug, name }),
        change(changeService, { service: slug, policy: 'payments' }),
        change(changeUser, { user: slug, name }),
        change(disableUser, { user: slug }),
      ])
      expect(await world.do(admin, getTeam, { team: slug })).toMatchObject({ name, membersOnly: true })
      expect(await world.do(admin, getService, { service: slug })).toMatchObject({ name, policy: 'payments' })
      expect(await world.do(admin, getUser, { user: slug })).toMatchObject({ name, disabledAt: world.clock.now() })
    }
  })

  test('nobody is not signed in', async () => {
    await expect(world.do(anonymous, listUsers, {})).rejects.toMatchObject({ code: 'not-signed-in' })
  })
})
