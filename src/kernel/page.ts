// A page that the server writes itself, for people without a session or without script: the signed phone page, the public status page.
import type { Actor } from './actor.ts'
import type { CommandContext, QueryContext } from './command.ts'

export type PageRequest = {
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  form: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
}

export type PageAnswer = {
  status: number
  /** Already escaped, for the place where it lands. */
  body: string
  contentType?:
    | 'text/html; charset=utf-8'
    | 'application/rss+xml; charset=utf-8'
    | 'application/json; charset=utf-8'
    | 'text/calendar; charset=utf-8'
    | 'text/plain; charset=utf-8'
  /** Seconds that anybody's cache may keep it; absent: nobody's. */
  cacheSeconds?: number
  redirect?: `/${string}`
}

export type PageDefinition =
  | {
      readonly kind: 'page'
      readonly http: `GET /${string}`
      /**
       * Present: what it answers goes by its path and the time alone. The server keeps an answer that has `cacheSeconds` for so long, for all who ask, or until
       * something with one of these topics happens (the first words of events' types): whoever is told that something is broken comes at the same moment.
       */
      readonly sharedUntil?: readonly string[]
      readonly run: (context: QueryContext, request: PageRequest) => Promise<PageAnswer>
    }
  | {
      readonly kind: 'page'
      readonly http: `POST /${string}`
      readonly run: (context: CommandContext & { as: (actor: Actor) => CommandContext }, request: PageRequest) => Promise<PageAnswer>
    }

/** GET pages read; only POST pages get what changes something. */
export function definePage(definition: Omit<Extract<PageDefinition, { http: `GET /${string}` }>, 'kind'>): PageDefinition
export function definePage(definition: Omit<Extract<PageDefinition, { http: `POST /${string}` }>, 'kind'>): PageDefinition
export function definePage(definition: object): PageDefinition {
  return { kind: 'page', ...definition } as PageDefinition
}
