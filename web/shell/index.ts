// The door to the shell.
export { AppShell } from './app-shell.tsx'
export { useShell } from './context.tsx'
export { Columns, Lead, Page, useDocumentTitle } from './page.tsx'
export { places, placesFor } from './places.ts'
export { useSingleKeys } from './single-keys.ts'
export { useTheme } from './theme.ts'
export { useSearchParam } from './search-param.ts'
