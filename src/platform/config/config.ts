// Every setting of the environment, in one object. An unknown TOCSIN_… name is an error, so that a typing mistake is not a silent default.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { Secret } from '#kernel/secret.ts'

const text = (description: string) => z.string().meta({ description })

export const Environment = z.object({
  HOST: text('Address to listen on').default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080).meta({ description: 'Port to listen on' }),
  DATABASE_URL: text(
    'PostgreSQL to use, or several servers of it (`postgres://user@one,two/name`), of which the one that takes what is written is used; without it the embedded database in the data folder',
  ).optional(),
  TOCSIN_DATA_DIR: text(
    'Folder for what must outlive the process: the secret key, the embedded database, and what a node keeps while its database is away',
  ).default('./data'),
  TOCSIN_URL: text('Public address, as people and senders reach it; default http://127.0.0.1:PORT').optional(),
  TOCSIN_SECRET_KEY: text(
    'Master key (32 characters or more; several, newest first, separated by commas); else made in the data folder',
  ).optional(),
  TOCSIN_SECRET_KEY_FILE: text('File that holds the master key').optional(),
  TOCSIN_SMTP_URL: text(
    'Mail server, as smtp://user:password@host:587 (smtps:// for TLS from the start); `?from=` sets the sender. A password is sent encrypted only, unless it says `tls=optional`',
  ).optional(),
  TOCSIN_HEARTBEAT_URL: text(
    'Address of a service outside that pages when it hears nothing: told each time when a synthetic alert went the whole way',
  ).optional(),
  TOCSIN_HEARTBEAT_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(3600)
    .default(60)
    .meta({ description: 'How often a synthetic alert goes the whole way' }),
  TOCSIN_ADMIN_EMAIL: text('E-mail of the first administrator, made at the first start').optional(),
  TOCSIN_ADMIN_PASSWORD: text('Password of the first administrator').optional(),
  TOCSIN_ADMIN_TOKEN: z
    .string()
    .min(32)
    .optional()
    .meta({ description: "An API token with the first administrator's rights, taken at the first start; 32 characters or more" }),
  TOCSIN_ALLOW_HOSTS: text('Hosts in private ranges that outgoing calls may reach, exact names separated by commas').default(''),
  TOCSIN_TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .meta({ description: 'How many reverse proxies stand in front, whose X-Forwarded-For counts' }),
  TOCSIN_TOKEN: text('API token with which the command line asks the server at TOCSIN_URL').optional(),
  TOCSIN_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'Least level that is logged' }),
})

export type Config = {
  host: string
  port: number
  databaseUrl: Secret | undefined
  dataFolder: string
  publicUrl: string
  secretKey: Secret | undefined
  secretKeyFile: string
  smtpUrl: Secret | undefined
  heartbeat: { url: Secret | undefined; everySeconds: number }
  admin: { email: string | undefined; password: Secret | undefined; token: Secret | undefined }
  allowHosts: ReadonlySet<string>
  trustedProxies: number
  logLevel: string
}

/** Reads the environment. Throws an Error whose message names every wrong variable and what to do. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const unknown = Object.keys(set).filter((name) => name.startsWith('TOCSIN_') && !(name in Environment.shape))
  const parsed = Environment.safeParse(set)
  const faults = [
    ...unknown.map((name) => `${name} is not a setting${nearest(name)}`),
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  ]
  if (!parsed.success || faults.length > 0) throw new Error(`The environment is wrong:\n  ${faults.join('\n  ')}`)
  const env = parsed.data
  const secret = (value: string | undefined) => (value === undefined ? undefined : new Secret(value))
  const dataFolder = resolve(env.TOCSIN_DATA_DIR)
  return {
    host: env.HOST,
    port: env.PORT,
    databaseUrl: secret(env.DATABASE_URL),
    dataFolder,
    publicUrl: (env.TOCSIN_URL ?? `http://127.0.0.1:${env.PORT}`).replace(/\/+$/, ''),
    secretKey: secret(env.TOCSIN_SECRET_KEY ?? (env.TOCSIN_SECRET_KEY_FILE ? readFileSync(env.TOCSIN_SECRET_KEY_FILE, 'utf8') : undefined)),
    secretKeyFile: resolve(dataFolder, 'secret-key'),
    smtpUrl: secret(env.TOCSIN_SMTP_URL),
    heartbeat: { url: secret(env.TOCSIN_HEARTBEAT_URL), everySeconds: env.TOCSIN_HEARTBEAT_SECONDS },
    admin: { email: env.TOCSIN_ADMIN_EMAIL, password: secret(env.TOCSIN_ADMIN_PASSWORD), token: secret(env.TOCSIN_ADMIN_TOKEN) },
    allowHosts: new Set(
      env.TOCSIN_ALLOW_HOSTS.split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    ),
    trustedProxies: env.TOCSIN_TRUSTED_PROXIES,
    logLevel: env.TOCSIN_LOG_LEVEL,
  }
}

/** What the command line needs to ask a server. Throws an Error that says which variable is wrong. */
export function readClientConfig(environment: Record<string, string | undefined>): { url: string; token: Secret | undefined } {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.pick({ PORT: true, TOCSIN_URL: true, TOCSIN_TOKEN: true }).safeParse(set)
  if (!parsed.success)
    throw new Error(
      `The environment is wrong:\n  ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n  ')}`,
    )
  const { PORT, TOCSIN_URL, TOCSIN_TOKEN } = parsed.data
  return {
    url: (TOCSIN_URL ?? `http://127.0.0.1:${PORT}`).replace(/\/+$/, ''),
    token: TOCSIN_TOKEN === undefined ? undefined : new Secret(TOCSIN_TOKEN),
  }
}

function nearest(name: string): string {
  const words = new Set(name.split('_'))
  const best = Object.keys(Environment.shape)
    .map((known) => ({ known, shared: known.split('_').filter((word) => words.has(word)).length }))
    .sort((a, b) => b.shared - a.shared)[0]
  return best && best.shared > 1 ? `; did you mean ${best.known}?` : ''
}
