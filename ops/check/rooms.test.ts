import { expect, test } from 'vitest'
import { said } from './made-up.ts'
import { arrowsRunDown, integrationsStandAlone } from './rooms.ts'

test.each([
  ['the kernel sees nothing of ours', 'src/kernel/a.ts', `import { x } from '#platform/log.ts'`, 'kernel may not import platform'],
  ['a type is knowledge too', 'src/platform/a.ts', `import type { X } from '#domains/alerts/index.ts'`, 'platform may not import domains'],
  [
    'so is a mention inside a type',
    'src/platform/a.ts',
    `type A = import('#domains/alerts/index.ts').X`,
    'platform may not import domains',
  ],
  [
    'a relative path is no way round',
    'src/domains/alerts/a.ts',
    `import { x } from '../../integrations/pagerduty/source.ts'`,
    'domains may not import integrations',
  ],
  [
    'integrations know nothing of the machinery',
    'src/integrations/x/source.ts',
    `import { x } from '#platform/log.ts'`,
    'integrations may not import platform',
  ],
  [
    'nothing imports the composition root',
    'src/domains/alerts/a.ts',
    `import { catalogue } from '#app/wiring.ts'`,
    'hand it in from src/app',
  ],
  ['the browser gets no code of the server', 'web/a.tsx', `import { roles } from '../src/domains/directory/roles.ts'`, 'ask the server'],
  [
    'what ships does not stand on what is for tests',
    'src/app/a.ts',
    `import { createWorld } from '#scenarios/world/world.ts'`,
    'is only for tests',
  ],
])('%s', (_, path, text, expected) => {
  expect(said(arrowsRunDown, { [path]: text })).toEqual([expect.stringMatching(new RegExp(`^${path}:1 .*${expected}`))])
})

test('arrows that run down pass, types of the operations reach the browser, and tests reach everywhere', () => {
  expect(
    said(arrowsRunDown, {
      'src/domains/alerts/a.ts': `import { sql } from '#kernel/sql.ts'\nimport type { Engine } from '#platform/commands/engine.ts'\nimport { z } from 'zod'`,
      'web/a.tsx': `import type { Operation } from '../src/app/wiring.ts'\nimport { instant } from '#kernel/time.ts'`,
      'src/platform/a.test.ts': `import { createWorld } from '#scenarios/world/world.ts'`,
    }),
  ).toEqual([])
})

test('an integration that leans on another is named', () => {
  expect(said(integrationsStandAlone, { 'src/integrations/slack/chat.ts': `// A\nimport { x } from '../teams/chat.ts'` })).toEqual([
    expect.stringContaining('src/integrations/slack/chat.ts:2 the integration slack may not import teams'),
  ])
  expect(said(integrationsStandAlone, { 'src/integrations/slack/chat.ts': `import { x } from './blocks.ts'` })).toEqual([])
})
