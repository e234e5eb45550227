// The sheet of all keys, on `?`. Loaded when it is asked for.
import { Switch } from '../ui/choice.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { useShell } from './context.tsx'

const sheet: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl K'], 'Search or do'],
      [['D'], 'Declare an incident'],
      [['/'], 'Filter'],
      [['?'], 'This sheet'],
      [['Esc'], 'Close'],
    ],
  },
  {
    title: 'Go to',
    keys: [
      [['G', 'H'], 'Home'],
      [['G', 'I'], 'Incidents'],
      [['G', 'A'], 'Alerts'],
      [['G', 'O'], 'On-call'],
      [['G', 'R'], 'Runbooks'],
      [['G', 'U'], 'Updates'],
    ],
  },
  {
    title: 'In a list',
    keys: [
      [['J', 'K'], 'Move'],
      [['X'], 'Pick, to act on several'],
      [['Enter'], 'Open'],
    ],
  },
  {
    title: 'On an alert',
    keys: [
      [['A'], 'Acknowledge'],
      [['R'], 'Resolve'],
    ],
  },
  {
    title: 'On a page',
    keys: [
      [['A'], 'Acknowledge'],
      [['E'], 'Escalate'],
      [['R'], 'Resolve'],
    ],
  },
  {
    title: 'On call',
    keys: [
      [['1', '4'], 'Day, week, two weeks, month'],
      [['P', 'N'], 'Before, next'],
      [['T'], 'Today'],
      [['O'], 'Override'],
      [['Z'], 'Zone of the schedule, or yours'],
      [['←', '→'], 'Move between shifts'],
    ],
  },
  {
    title: 'In an incident',
    keys: [
      [['N'], 'Note'],
      [['T'], 'Task'],
      [['H'], 'Hypothesis'],
      [['⇧ D'], 'Decide'],
      [['⇧ U'], 'Update'],
      [['S'], 'State'],
      [['⇧ S'], 'Severity'],
      [['P'], 'Bring in'],
    ],
  },
]

export default function KeySheet({ onClose }: { onClose: () => void }) {
  const { singleKeys, onSingleKeys } = useShell()
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keys"
      width="wide"
      description="Single keys rest while you type. What goes with Ctrl always works."
    >
      <Switch
        className="mb-3"
        label="Single keys in this browser"
        checked={singleKeys}
        onChange={(event) => onSingleKeys(event.target.checked)}
      />
      <div className="columns-1 gap-8 tablet:columns-2">
        {sheet.map((part) => (
          <section key={part.title} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-meta text-ink3">{part.title}</h3>
            <dl>
              {part.keys.map(([keys, does]) => (
                <div key={does} className="flex h-7 items-center justify-between border-b border-line">
                  <dt>{does}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key} className="pointer-coarse:inline-flex!">
                        {key}
                      </Kbd>
                    ))}
                    <span className="sr-only">{keys.join(' then ')}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
