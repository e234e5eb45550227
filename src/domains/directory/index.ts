// The directory's door: people, teams, services, and how people and programs sign in.
import { defineRecurring, defineSlice } from '#kernel/define.ts'
import * as events from './events.ts'
import { serviceObject, teamObject, userObject } from './objects.ts'
import { askForPasswordLink, forgetPasswordLinks, sendPasswordLink, setPassword } from './password-links.ts'
import { mailLink, mailPasswordSet, passwordMail } from './password-mails.ts'
import * as people from './people.ts'
import { organisationResource, serviceResource, teamResource, userResource } from './resources.ts'
import * as services from './services.ts'
import * as signInOperations from './sign-in.ts'
import * as store from './store.ts'
import * as teams from './teams.ts'
import * as tokens from './tokens.ts'

const { setupState, setUp, signIn, signOut, whoAmI } = signInOperations
const { UserIdSchema: _u, TeamIdSchema: _t, ServiceIdSchema: _s, ...happened } = events

export const directory = defineSlice({
  name: 'directory',
  operations: {
    ...people,
    ...teams,
    ...services,
    ...tokens,
    setupState,
    setUp,
    signIn,
    signOut,
    whoAmI,
    askForPasswordLink,
    sendPasswordLink,
    setPassword,
  },
  events: happened,
  processes: [passwordMail],
  effects: [mailLink, mailPasswordSet],
  objects: [userObject, teamObject, serviceObject],
  resources: [organisationResource, userResource, teamResource, serviceResource],
  recurring: [
    defineRecurring({
      name: 'directory.forget-expired-sessions',
      everySeconds: 3600,
      run: async ({ scope }) => void (await store.deleteExpiredSessions(scope)),
    }),
    forgetPasswordLinks,
  ],
})

export { actorOfSession, actorOfToken, rightsOfUser } from './authentication.ts'
export { makeFirstAdministrator } from './first-start.ts'
export { setupTokenText } from './sign-in.ts'
export { triedSignIn } from './tried-sign-in.ts'
export { linkAtTheMachine } from './password-links.ts'
export { ServiceIdSchema, TeamIdSchema, userDisabled, UserIdSchema } from './events.ts'
export { done, Done, Name, Slug, ZoneSchema } from './views.ts'
export { permissions } from './roles.ts'
export {
  findService,
  findServices,
  findTeam,
  findUser,
  findUsers,
  listServices,
  listTeams,
  listAdministrators,
  membersOf,
  readOrganisation,
  slugsOfServices,
  type Service,
  type User,
} from './store.ts'
