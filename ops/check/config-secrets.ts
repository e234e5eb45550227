// What the environment holds under a secret's name must not be readable in the configuration that is made of it.
import { inspect } from 'node:util'

const soundsSecret = /(^|_)(KEY|PASSWORD|TOKEN|SECRET)$|^(DATABASE|TOCSIN_SMTP)_URL$/
const canary = 'canary-0123456789-0123456789-0123456789'

/** Names of settings whose value can be read out of the configuration by printing or serialising it. */
export function readableSecrets(names: readonly string[], read: (environment: Record<string, string>) => unknown): string[] {
  return names
    .filter((name) => soundsSecret.test(name))
    .filter((name) => {
      const config = read({ [name]: canary })
      return `${inspect(config, { depth: 10 })}${JSON.stringify(config)}`.includes(canary)
    })
    .map((name) => `the setting ${name} can be read in the configuration: wrap it in Secret in src/platform/config/config.ts`)
}
