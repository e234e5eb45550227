import { expect, test } from 'vitest'
import { z } from 'zod'
import type { IntegrationDefinition } from '#kernel/integration.ts'
import { secret } from '#kernel/secret.ts'
import { readableSecrets } from './config-secrets.ts'
import { everyIntegrationIsInTheCatalogue, plainSecrets, secretFaults } from './integrations.ts'
import { said } from './made-up.ts'

test('an integration that is not in the catalogue is named; the one to copy is not', () => {
  expect(
    said(everyIntegrationIsInTheCatalogue, {
      'src/integrations/catalogue.ts': `import { a } from './alertmanager/source.ts'`,
      'src/integrations/alertmanager/source.ts': '',
      'src/integrations/nagios/source.ts': '',
      'src/integrations/_example/source.ts': '',
    }),
  ).toEqual([expect.stringContaining('src/integrations/nagios:1 is not in the catalogue')])
})

test('a field that is called like a secret and is none is named, however deep', () => {
  expect(
    plainSecrets(z.object({ apiKey: z.string(), deep: z.array(z.object({ password: z.string().optional() })), keyboard: z.string() })),
  ).toEqual(['apiKey', 'deep.password'])
  expect(plainSecrets(z.object({ token: secret(), password: secret().optional(), hasSecret: z.boolean() }))).toEqual([])
  const integration = { id: 'x', channels: { chat: { address: z.object({ token: z.string() }) } } } as unknown as IntegrationDefinition
  expect(secretFaults([integration])).toEqual([expect.stringContaining('x, channel chat: the field token')])
})

test('a setting whose secret can be read in the configuration is named', () => {
  const read = (environment: Record<string, string>) => ({ token: environment['TOCSIN_TOKEN'], host: environment['HOST'] })
  expect(readableSecrets(['TOCSIN_TOKEN', 'HOST'], read)).toEqual([expect.stringContaining('the setting TOCSIN_TOKEN can be read')])
  expect(readableSecrets(['TOCSIN_TOKEN'], () => ({ token: '•••' }))).toEqual([])
})
