// Home's rows, an alert list of thousands, a table, J and K.
import { BookOpenCheck } from 'lucide-react'
import {
  Button,
  ClockDigits,
  Icon,
  Panel,
  PanelHeader,
  Person,
  Reason,
  Row,
  Rows,
  Severity,
  State,
  StateGlyph,
  Table,
  useListKeys,
  useToast,
  VirtualRows,
  type SeverityLevel,
  type StateKind,
} from '../ui/index.ts'
import { Columns, Lead } from '../shell/index.ts'
import { after, anders, cast, grace, kenji, leila, mara, tunde } from './people.tsx'

interface AlertRow {
  id: string
  kind: StateKind
  word: string
  level: SeverityLevel
  over: boolean
  title: string
  service: string
  reason: string
  count: number
  first: string
}

const shapes: Omit<AlertRow, 'id'>[] = [
  {
    kind: 'new',
    word: 'Triggered',
    level: 2,
    over: false,
    title: 'Search p95 above 2 s',
    service: 'catalogue-search',
    reason: 'Paging Mara Lindqvist: on call for Search, level 1. Anders Holm follows at 14:45.',
    count: 2,
    first: '14:40',
  },
  {
    kind: 'acknowledged',
    word: 'Acknowledged',
    level: 1,
    over: false,
    title: 'Card payments failing above 1 %',
    service: 'payments-gateway',
    reason: 'Paged Tunde Adeyemi, who acknowledged in 47 s. Opened INC-2417.',
    count: 3,
    first: '14:02',
  },
  {
    kind: 'held',
    word: 'Held',
    level: 3,
    over: false,
    title: 'Pod restarts above 5 in 10 min',
    service: 'storefront',
    reason: 'Not paged yet: transient, pages Storefront at 14:43 unless it clears.',
    count: 1,
    first: '14:41',
  },
  {
    kind: 'suppressed',
    word: 'Suppressed',
    level: 2,
    over: true,
    title: 'Replica lag above 30 s',
    service: 'orders-db',
    reason: 'Not paged: silenced by ‘orders-db failover rehearsal’ until 16:00 (Kenji Watanabe).',
    count: 31,
    first: '14:38',
  },
  {
    kind: 'resolved',
    word: 'Resolved',
    level: 3,
    over: true,
    title: 'Disk 90 % full on build-07',
    service: 'ci-runners',
    reason: 'Not paged: the runbook ‘Disk is filling’ freed 41 GB in 38 s.',
    count: 4,
    first: '11:52',
  },
]
const alerts: AlertRow[] = Array.from({ length: 10_000 }, (_, index) => ({ ...shapes[index % shapes.length]!, id: `a-${index}` }))
const ids = alerts.map((alert) => alert.id)

export function Lists() {
  const toast = useToast()
  const keys = useListKeys({
    ids,
    acts: { a: (chosen) => toast({ text: `Acknowledged ${chosen.length}. Nobody else is paged.`, undo: keysCleared }) },
  })
  function keysCleared() {
    keys.clearPicked()
  }
  return (
    <Columns
      sideLabel="You"
      side={
        <>
          <Panel title="You are on call">
            <p>
              <strong>Search, level 1</strong> until Wed 25 Nov, 09:00 CET
            </p>
            <p className="text-ink3">42 h left. Then Anders Holm. 2 pages so far, none at night.</p>
          </Panel>
          <Panel
            title="On call now"
            actions={
              <Button look="quiet" size="small">
                All
              </Button>
            }
          >
            <Rows>
              <Row className="border-0!" meta="Wed 09:00">
                <Person person={tunde} role="Payments" />
              </Row>
              <Row className="border-0!" meta="today 18:00">
                <Person person={kenji} role="Platform" />
              </Row>
              <Row className="border-0!" meta="today 17:00">
                <Person person={anders} role="Service desk" />
              </Row>
            </Rows>
          </Panel>
        </>
      }
    >
      <Lead>Three things need you, two of them now</Lead>
      <Rows label="What needs you">
        <Row
          lead={<StateGlyph kind="new" size={18} />}
          note="Paged you 40 s ago: on call for Search, level 1. You command a SEV1, so Anders can take it now."
          meta={
            <>
              <ClockDigits label="Acknowledge" after="left" face={{ kind: 'due', due: after(260) }} />
              <Button look="quiet">Give to Anders</Button>
              <Button look="solid">Acknowledge</Button>
            </>
          }
        >
          <span className="text-prose font-medium">
            <Severity level={2} /> Catalogue search answers slowly in all regions
          </span>
        </Row>
        <Row
          lead={<StateGlyph kind="waiting" size={18} />}
          note="‘Bad deploy’ in INC-2417 waits for your answer. Priya is asked too at 14:44."
          meta={<Button>Answer</Button>}
        >
          <span className="text-prose font-medium">Has the failure rate come down?</span>
        </Row>
        <Row
          lead={<Icon of={BookOpenCheck} size={16} className="text-ink3" />}
          note="4 of 6 sections are written; two action items have no owner."
          meta={
            <>
              due tomorrow <Button>Continue</Button>
            </>
          }
        >
          <span className="text-prose font-medium">Review of INC-2398, identity tokens expired early</span>
        </Row>
      </Rows>
      <div className="mt-5">
        <PanelHeader ruled title="Ten thousand alerts" note="J, K, X, A work here" />
        <VirtualRows
          label="Alerts"
          className="h-80"
          rows={alerts}
          rowId={(alert) => alert.id}
          widths="20px 60px minmax(0,1fr) 50px 50px"
          phoneWidths="20px 60px minmax(0,1fr)"
          heads={[
            { label: 'State', hidden: true },
            { label: 'Severity' },
            { label: 'Alert, and why it did or did not page' },
            { label: 'Count', numeric: true, deskOnly: true },
            { label: 'First', numeric: true, deskOnly: true },
          ]}
          current={keys.current}
          picked={keys.picked}
          onCurrent={keys.setCurrent}
          cells={(alert) => [
            <State kind={alert.kind} word={alert.word} glyphOnly />,
            <Severity level={alert.level} over={alert.over} small />,
            <div>
              <div>
                <strong className={alert.over ? 'font-medium text-ink2' : ''}>{alert.title}</strong>{' '}
                <span className="text-ink3">{alert.service}</span>
              </div>
              <Reason parts={alert.reason} quiet={alert.over} />
            </div>,
            <span className="text-ink2">{alert.count}</span>,
            <span className="text-ink2">{alert.first}</span>,
          ]}
        />
      </div>
      <div className="mt-5 max-w-110">
        <PanelHeader title="Fair shares, Payments, 90 days" />
        <Table
          caption="Fair shares of Payments over 90 days"
          rows={[
            { person: tunde, nights: 21, pages: 17 },
            { person: leila, nights: 20, pages: 9 },
            { person: grace, nights: 9, pages: 22 },
            { person: mara, nights: 0, pages: cast.length },
          ]}
          rowId={(row) => row.person.id}
          rowProps={(id) => ({ 'aria-selected': id === grace.id })}
          columns={[
            { id: 'person', head: 'Person', cell: (row) => <Person person={row.person} /> },
            { id: 'nights', head: 'Nights', numeric: true, cell: (row) => row.nights },
            {
              id: 'pages',
              head: 'Pages',
              numeric: true,
              cell: (row) => <span className={row.pages > 20 ? 'font-semibold text-amber' : ''}>{row.pages}</span>,
            },
          ]}
        />
      </div>
    </Columns>
  )
}
