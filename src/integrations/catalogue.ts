// Every integration, one line each.
import type { IntegrationDefinition } from '#kernel/integration.ts'
import { alertmanager } from './alertmanager/source.ts'
import { email } from './email/channel.ts'
import { pagerduty } from './pagerduty/source.ts'
import { webPushIntegration } from './web-push/channel.ts'

export const integrations: readonly IntegrationDefinition[] = [alertmanager, email, pagerduty, webPushIntegration]
