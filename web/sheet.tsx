// /_sheet: every shared component in all its states, inside the shell. The page that is compared with the design.
import { ReaderProvider, SegmentedControl, ToastProvider } from './ui/index.ts'
import { AppShell, Page, places, useSearchParam, useTheme } from './shell/index.ts'
import { Decisions } from './sheet/decisions.tsx'
import { Floating } from './sheet/floating.tsx'
import { Foundations } from './sheet/foundations.tsx'
import { Lists } from './sheet/lists.tsx'
import { Figures } from './sheet/figures.tsx'
import { Story } from './sheet/story.tsx'
import { mara, paletteItems } from './sheet/people.tsx'

const parts = { foundations: Foundations, decisions: Decisions, story: Story, lists: Lists, figures: Figures, floating: Floating }
type Part = keyof typeof parts

export default function SheetPage() {
  const [theme, onTheme] = useTheme()
  const [part, setPart] = useSearchParam('part', 'foundations')
  const [sidebar] = useSearchParam('sidebar', 'wide')
  const [live] = useSearchParam('live', 'yes')
  const Shown = parts[part as Part] ?? Foundations
  return (
    <ReaderProvider reader={{ zone: 'Europe/Berlin', singleKeys: true }}>
      <ToastProvider>
        <AppShell
          narrow={sidebar === 'narrow'}
          data={{
            organisation: 'Fernhill',
            person: mara,
            personNote: 'On call till Wed 09:00',
            onCall: true,
            counts: { home: 3, incidents: 2, alerts: 14 },
            live: live === 'yes' ? { live: true } : { live: false, asOf: '2026-11-23T13:40:52Z' },
            palette: paletteItems,
            paletteScope: 'INC-2417',
            places,
            onDeclare: () => setPart('floating'),
            onSignOut: () => setPart(undefined),
            theme,
            onTheme,
            singleKeys: true,
            onSingleKeys: () => undefined,
          }}
        >
          <Page
            title="Components"
            bar={
              <SegmentedControl<Part>
                label="Part"
                value={part as Part}
                onChange={setPart}
                options={(Object.keys(parts) as Part[]).map((name) => ({
                  value: name,
                  label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
                }))}
              />
            }
          >
            <Shown />
          </Page>
        </AppShell>
      </ToastProvider>
    </ReaderProvider>
  )
}
