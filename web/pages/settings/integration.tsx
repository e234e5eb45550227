// /settings/integrations/:id, as a route loads it.
export { IntegrationPage as default } from './integrations.tsx'
