// Credentials that somebody wrote into a runbook as text. They belong into a connection: sealed, redacted, changeable in one place.
import type { Fault } from '#kernel/errors.ts'
import type { Act } from './definition.ts'

/** Headers that carry credentials, whatever is written in them. */
const credentialHeaders =
  /^(authorization|proxy-authorization|cookie|(x-)?(api|auth|access|private|deploy|gitlab|vault|amz-security)[-_]?(key|token)|x-token|x-secret)$/i
/** Query parameters and keys that name a credential. */
const credentialNames =
  /^(api[-_]?key|access[-_]?token|auth[-_]?token|token|secret|client[-_]?secret|password|passwd|pwd|private[-_]?key)$/i
/** What credentials of well-known systems look like. */
const looks: [RegExp, string][] = [
  [/\b(Bearer|Basic|token)\s+[A-Za-z0-9+/_.=-]{12,}/, 'an authorization'],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}/, 'a GitHub token'],
  [/\bglpat-[\w-]{16,}/, 'a GitLab token'],
  [/\bxox[abposr]-[\w-]{10,}/, 'a Slack token'],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, 'an AWS key'],
  [/\bsk_(live|test)_[A-Za-z0-9]{16,}/, 'a Stripe key'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/, 'a signed token'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i, 'a password in an address'],
]

/** A fault for each place of a step that holds a credential as text. */
export function plainSecretsIn(act: Act, pointer: string): Fault[] {
  const remedy = 'put it into a connection'
  const faults: Fault[] = []
  const walk = (value: unknown, path: string, name: string): void => {
    if (typeof value === 'string') {
      const look = looks.find(([pattern]) => pattern.test(value))
      if (look) faults.push({ path, message: `holds ${look[1]} in plain text: ${remedy}` })
      else if (credentialNames.test(name) && value !== '' && !/\{[{%]/.test(value))
        faults.push({ path, message: `holds a ${name} in plain text: ${remedy}` })
    } else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`, key)
  }
  const given = (act as unknown as Record<string, unknown>)[act.kind]
  walk(given, `${pointer}/${act.kind}`, '')
  if (act.kind !== 'http') return faults
  for (const name of Object.keys(act.http.headers)) {
    const path = `${pointer}/http/headers/${name}`
    if (credentialHeaders.test(name) && !faults.some((fault) => fault.path === path))
      faults.push({ path, message: `the header ${name} carries credentials: ${remedy}` })
  }
  for (const [, name, value] of act.http.url.matchAll(/[?&]([^=&\s]+)=([^&\s]+)/g))
    if (credentialNames.test(name!) && !/\{[{%]/.test(value!))
      faults.push({ path: `${pointer}/http/url`, message: `holds a ${name} in plain text: ${remedy}` })
  return faults
}
