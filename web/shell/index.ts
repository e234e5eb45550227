// The door to the shell.
export { AppShell } from './app-shell.tsx'
export { Bell } from './bell.tsx'
export { useShell, type ShellData, type ThemeChoice } from './context.tsx'
export { Columns, Lead, Page, useDocumentTitle, type Crumb, type PageProps } from './page.tsx'
export { useTheme } from './theme.ts'
export { useSearchParam } from './search-param.ts'
