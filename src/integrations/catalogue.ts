// Every integration, one line each.
import type { IntegrationDefinition } from '#kernel/integration.ts'
import { alertmanager } from './alertmanager/source.ts'
import { pagerduty } from './pagerduty/source.ts'

export const integrations: readonly IntegrationDefinition[] = [alertmanager, pagerduty]
