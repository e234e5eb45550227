// Colours, type, severity, state, clocks, people, buttons, fields.
import { BellOff, CalendarPlus, Ellipsis, Search } from 'lucide-react'
import { useState } from 'react'
import {
  AssignButton,
  AvatarStack,
  Button,
  Checkbox,
  ChoiceGroup,
  Clock,
  ClockDigits,
  Clocks,
  ComponentHealth,
  CopyLine,
  Duration,
  Icon,
  IconButton,
  Kbd,
  LiveBadge,
  Person,
  Radio,
  SegmentedControl,
  Select,
  Severity,
  State,
  StateGlyph,
  StatePath,
  Switch,
  TextArea,
  TextInput,
  TextLink,
  TimeText,
  type Health,
  type SeverityLevel,
} from '../ui/index.ts'
import { after, cast, ines, leila, mara, tunde } from './people.tsx'
import { Sheet, Shown } from './shown.tsx'

const colours = [
  'canvas',
  'surface',
  'sunken',
  'line',
  'line2',
  'ink3',
  'ink2',
  'ink',
  'accent',
  'red',
  'orange',
  'amber',
  'teal',
  'violet',
  'red-bg',
  'amber-bg',
  'teal-bg',
  'violet-bg',
]
const levels: SeverityLevel[] = [1, 2, 3, 4, 5]
const healths: Health[] = ['works', 'slow', 'partly', 'down', 'maintenance']

export function Foundations() {
  const [view, setView] = useState<'day' | 'week' | 'month'>('month')
  return (
    <Sheet>
      <div className="grid grid-cols-6 gap-2 border-b border-line py-3 tablet:grid-cols-9">
        {colours.map((name) => (
          <div key={name} className="text-meta">
            <div className="h-7 rounded-control border border-line" style={{ background: `var(--${name})` }} />
            {name}
          </div>
        ))}
      </div>
      <Shown name="Type">
        <span className="text-lead font-semibold">Three things need you</span>
        <span className="text-page font-semibold">Search p95 above 2 s</span>
        <span className="text-panel font-semibold">Panel</span>
        <span className="text-prose">Prose, as updates are written</span>
        <span>Interface</span>
        <span className="text-meta text-ink3">Meta 1,240</span>
        <code className="text-meta">rollout undo deploy/payments-gateway</code>
      </Shown>
      <Shown name="Severity">
        {levels.map((level) => (
          <Severity key={level} level={level} />
        ))}
        <span className="text-ink3">over:</span>
        <Severity level={1} over />
        <Severity level={3} over />
        <span className="text-ink3">small:</span>
        <Severity level={2} small />
        <Severity level={2} label="Major" />
      </Shown>
      <Shown name="Without colour">
        <span className="flex flex-wrap gap-3.5 grayscale">
          {levels.map((level) => (
            <Severity key={level} level={level} />
          ))}
        </span>
      </Shown>
      <Shown name="State">
        <State kind="new" word="Triggered" />
        <State kind="acknowledged" word="Acknowledged" />
        <State kind="worked" word="Fixing" />
        <State kind="held" word="Held" />
        <State kind="paused" word="Monitoring" />
        <State kind="resolved" word="Resolved" />
        <State kind="closed" word="Closed" />
        <State kind="suppressed" word="Suppressed" />
      </Shown>
      <Shown name="Step">
        {(['upcoming', 'running', 'waiting', 'done', 'failed', 'skipped', 'none'] as const).map((kind) => (
          <span key={kind} className="inline-flex items-center gap-1.5">
            <StateGlyph kind={kind} />
            {kind}
          </span>
        ))}
      </Shown>
      <Shown name="Path">
        <StatePath
          stages={[
            { id: '1', word: 'Triage', kind: 'worked', place: 'past', lasted: '3 min' },
            { id: '2', word: 'Investigating', kind: 'worked', place: 'past', lasted: '16 min' },
            { id: '3', word: 'Fixing', kind: 'worked', place: 'now', lasted: '19 min' },
            { id: '4', word: 'Monitoring', kind: 'paused', place: 'ahead' },
            { id: '5', word: 'Resolved', kind: 'resolved', place: 'ahead' },
            { id: '6', word: 'Review', kind: 'closed', place: 'ahead' },
          ]}
        />
      </Shown>
      <Shown name="Component">
        {healths.map((health) => (
          <ComponentHealth key={health} health={health} />
        ))}
      </Shown>
      <Shown name="Clock">
        <Clocks>
          <Clock label="Running" face={{ kind: 'running', since: after(-2332) }} />
          <Clock label="Next update" face={{ kind: 'due', due: after(253), note: 'every 30 min' }} />
          <Clock label="Resolution SLA" face={{ kind: 'due', due: after(4869), from: after(-2400) }} />
          <Clock label="Response SLA" face={{ kind: 'due', due: after(-129) }} />
          <Clock label="Resolution SLA" face={{ kind: 'paused', since: after(-1200), leftSeconds: 187200, why: 'waiting for customer' }} />
          <Clock label="Response SLA" face={{ kind: 'ended', at: after(-2200), seconds: 47, breached: false }} />
        </Clocks>
        <ClockDigits label="Next update" before="update in" face={{ kind: 'due', due: after(253) }} />
        <ClockDigits label="Acknowledge" after="left" face={{ kind: 'due', due: after(3590) }} />
      </Shown>
      <Shown name="Time">
        <TimeText at={after(-2332)} />
        <TimeText at={after(252)} form="relative" />
        <TimeText at={after(42 * 3600)} form="absolute" />
        <TimeText at={after(-400 * 86400)} form="absolute" />
        <TimeText at={after(0)} form="record" />
        <TimeText at={after(86400 * 3)} form="day" />
        <Duration seconds={7800} />
        <Duration seconds={64} exact />
        <Duration since={after(-20)} exact />
      </Shown>
      <Shown name="Person, role">
        <Person person={mara} />
        <Person person={tunde} role="operations" />
        <Person person={ines} strong role="Communications" />
        <AssignButton label="Assign scribe" />
        <AvatarStack people={cast} most={6} label="Here now" />
      </Shown>
      <Shown name="Live">
        <LiveBadge state={{ live: true }} />
        <LiveBadge state={{ live: false, asOf: after(-30) }} />
      </Shown>
      <Shown name="Button">
        <Button look="solid" keys="A">
          Acknowledge
        </Button>
        <Button>Preview</Button>
        <Button icon={CalendarPlus}>Add override</Button>
        <Button look="quiet">Hand over</Button>
        <Button look="danger">Refuse…</Button>
        <Button size="small">Small</Button>
        <Button disabled>Publish…</Button>
        <Button look="solid" sending>
          Acknowledge
        </Button>
        <Button size="touch" icon={BellOff}>
          Touch
        </Button>
        <IconButton label="More" of={Ellipsis} look="outline" />
        <IconButton label="More, small" of={Ellipsis} size="small" />
      </Shown>
      <Shown name="Key, link">
        <Kbd>A</Kbd>
        <Kbd>Ctrl K</Kbd>
        <TextLink href="/incidents/2417">INC-2417</TextLink>
        <TextLink quiet href="/runbooks/bad-deploy">
          3 found
        </TextLink>
        <TextLink href="https://grafana.fernhill.example/d/search">Graph</TextLink>
      </Shown>
      <Shown name="Field">
        <div className="grid w-full gap-3 tablet:grid-cols-3">
          <TextInput label="Ask" defaultValue="Has the failure rate come down?" />
          <TextInput label="Filter alerts" labelHidden placeholder="Filter alerts" lead={<Icon of={Search} />} trail={<Kbd>/</Kbd>} />
          <TextInput label="Deduplication key" mono optional hint="The source's own, or empty to make one." defaultValue="search-p95" />
          <TextInput
            label="Pages after"
            defaultValue="0 min"
            error="At least 1 min: a page that is repeated at once wakes nobody sooner."
          />
          <Select
            label="If no answer in 3 min"
            defaultValue="ops"
            options={[
              { value: 'ops', label: 'Ask the operations lead too' },
              { value: 'duty', label: 'Duty manager decides' },
            ]}
          />
          <TextInput label="Handle" disabled defaultValue="mara" hint="Comes from your identity provider." />
          <TextArea
            label="What to say"
            className="tablet:col-span-2"
            defaultValue="You were not charged. Pay with PayPal, or try again in 15 minutes."
          />
        </div>
      </Shown>
      <Shown name="Choice">
        <Checkbox label="Count orders to re-charge" defaultChecked={false} />
        <Checkbox label="Answer macro for support" defaultChecked done />
        <Checkbox label="Off" disabled />
        <ChoiceGroup legend="Urgency" legendHidden className="flex gap-3">
          <Radio name="urgency" label="High" defaultChecked />
          <Radio name="urgency" label="Low" />
        </ChoiceGroup>
        <Switch label="Single keys" defaultChecked />
        <Switch label="Repeat at night" />
        <SegmentedControl
          label="View"
          value={view}
          onChange={setView}
          options={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
            { value: 'month', label: 'Month' },
          ]}
        />
      </Shown>
      <Shown name="Copy">
        <div className="w-110 max-w-full">
          <CopyLine label="webhook address" value={`https://tocsin.fernhill.example/in/alertmanager/${leila.id}`} />
        </div>
        <div className="w-72 max-w-full">
          <CopyLine label="API token" value="tcs_4f9d2ab17c" secret />
        </div>
      </Shown>
    </Sheet>
  )
}
