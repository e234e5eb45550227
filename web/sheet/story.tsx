// The timeline of the design's incident, with side panels as the incident page has them.
import { useState } from 'react'
import {
  AssignButton,
  Avatar,
  Button,
  Checkbox,
  DescriptionList,
  EmptySeat,
  NewEntries,
  Panel,
  Person,
  Row,
  Rows,
  Sparkline,
  StateGlyph,
  Tabs,
  TextLink,
  Timeline,
  TimelineEntry,
  TimelineFold,
} from '../ui/index.ts'
import { ines, leila, mara, oskar, priya, tunde } from './people.tsx'

const at = (clock: string) => `2026-11-23T${clock}+01:00`
const nothing = () => {}

export function Story() {
  const [tab, setTab] = useState<'all' | 'facts' | 'chat'>('all')
  return (
    <div className="flex min-h-full flex-col desk:flex-row">
      <div className="min-w-0 flex-1">
        <Tabs
          label="Timeline"
          className="border-b border-line px-3 py-1"
          value={tab}
          onChange={setTab}
          tabs={[
            { id: 'all', label: 'Everything', count: 183 },
            { id: 'facts', label: 'Facts', count: 46 },
            { id: 'chat', label: 'Chat', count: 97 },
          ]}
          trail="Mon 23 Nov, CET"
        />
        <Timeline follow={false}>
          <TimelineEntry
            id="e-1"
            at={at('14:02:11')}
            mark={{ kind: 'alert' }}
            fact="Alert:"
            text="card payments failing above 1 %, eu-west"
            source="Alertmanager, 3 alerts in this group"
          />
          <TimelineEntry
            id="e-2"
            at={at('14:02:58')}
            mark={{ kind: 'page' }}
            fact="Tunde Adeyemi acknowledged"
            text="after 47 s by push"
            source="level 1 of Payments"
          />
          <TimelineEntry
            id="e-3"
            at={at('14:04:20')}
            mark={{ kind: 'state' }}
            fact="Mara Lindqvist took command"
            text="and opened the call"
            source="Zoom, #inc-2417, PAY-8841 made by the process"
          />
          <TimelineEntry
            id="e-4"
            at={at('14:05:30')}
            mark={{ kind: 'state' }}
            fact="Severity raised to SEV1"
            text="by Mara Lindqvist: revenue path, more than one country"
          />
          <TimelineFold count={112} between="between 14:05 and 14:24" onShow={nothing} />
          <TimelineEntry
            id="e-5"
            at={at('14:24:06')}
            mark={{ kind: 'hypothesis' }}
            fact="Hypothesis 2 confirmed:"
            text="4.18.2 drops the 3-D Secure callback for EU issuers"
            source="Tunde, test: replayed 20 callbacks, 19 lost"
            pinned
          />
          <TimelineEntry
            id="e-6"
            quiet
            at={at('14:26:40')}
            mark={{ kind: 'runbook' }}
            fact="Runbook pulled the deploys of the last 2 h"
            source={
              <TextLink quiet href="/runs/88">
                3 found
              </TextLink>
            }
          />
          <TimelineEntry
            id="e-7"
            at={at('14:29:12')}
            mark={{ kind: 'update' }}
            fact="Update 2 published"
            text="by Inês Carvalho: “Some card payments in Europe are failing. We have found the cause…”"
            source="status page, 214 subscribers"
          />
          <TimelineEntry
            id="e-8"
            at={at('14:31:55')}
            mark={{ person: priya }}
            fact="Priya Nair"
            text="support has 41 tickets, all Visa/Mastercard in DE, FR, NL. PayPal is fine."
            onHistory={nothing}
          />
          <TimelineEntry
            id="e-9"
            at={at('14:33:20')}
            mark={{ kind: 'decision' }}
            fact="Decided: roll back rather than fix forward"
            source="Mara Lindqvist"
          >
            The fix needs a 25 min build; the rollback takes 6 and was rehearsed on Thursday.
          </TimelineEntry>
          <TimelineEntry
            id="e-10"
            at={at('14:34:48')}
            mark={{ kind: 'approval' }}
            fact="Approved"
            text={
              <>
                by Priya Nair: <code className="text-meta">rollout undo deploy/payments-gateway</code> to 4.18.1
              </>
            }
            source="preview seen, 1 of 1"
          />
          <TimelineEntry
            id="e-11"
            at={at('14:37:30')}
            mark={{ person: tunde }}
            fact="Tunde Adeyemi"
            text="new pods look healthy, 3DS callbacks arriving again"
          />
          <TimelineEntry
            id="e-12"
            at={at('14:38:11')}
            mark={{ kind: 'alert', tone: 'teal' }}
            fact="Alert resolved:"
            text="acquirer timeouts, eu-west"
            source="was firing 35 min"
          />
          <TimelineEntry
            id="e-13"
            at={at('14:39:05')}
            happenedAt={at('14:38:40')}
            mark={{ kind: 'change' }}
            fact="Deploy"
            text="payments-gateway 4.18.1"
            source="Argo CD"
          />
          <TimelineEntry id="e-14" fresh at={at('14:39:05')} mark={{ kind: 'runbook' }} fact="Runbook posted the failure rate">
            <figure className="max-w-118 rounded-control border border-line p-2">
              <figcaption className="mb-1 flex justify-between text-ink2">
                <span>
                  Card payments failing, EU <span className="text-ink3">· Prometheus</span>
                </span>
                <span>
                  <strong className="text-ink">5.1 %</strong> now · peak 8.2 %
                </span>
              </figcaption>
              <Sparkline
                label="Card payments failing: 5.1 % now, peak 8.2 %, alert at 1 %"
                values={[
                  0.4, 0.4, 0.5, 0.4, 0.5, 0.4, 0.6, 1.4, 3, 5.2, 6.8, 7.6, 7.9, 8.1, 7.9, 8.2, 7.9, 8.1, 7.9, 7.7, 7.8, 7.4, 6.6, 5.4, 5.1,
                ]}
                threshold={{ value: 1, label: '1 % alert' }}
                mark={{ at: 0.29, label: 'deploy 4.18.2' }}
              />
            </figure>
          </TimelineEntry>
        </Timeline>
        <div className="flex justify-center pb-3">
          <NewEntries count={3} onShow={nothing} />
        </div>
      </div>
      <aside aria-label="Beside the timeline" className="border-line max-desk:border-t desk:w-90 desk:border-l">
        <Panel
          title="Bad deploy: decide and roll back"
          note="step 6 of 9"
          actions={
            <Button look="quiet" size="small">
              Open
            </Button>
          }
        >
          <Rows>
            <Row className="border-0!" lead={<StateGlyph kind="done" />} meta="14:26 · 2 s">
              Find deploys of the last 2 h
            </Row>
            <Row className="border-0!" lead={<StateGlyph kind="done" />} meta="14:34 · Priya">
              Approve the rollback
            </Row>
            <Row className="border-0!" lead={<StateGlyph kind="running" />} meta="4:50 · 7 of 12">
              Roll back payments-gateway
            </Row>
            <Row className="border-0! text-ink2" lead={<StateGlyph kind="upcoming" />} meta="if not down">
              Fail over to the second acquirer
            </Row>
          </Rows>
        </Panel>
        <Panel
          title="Tasks"
          note="3 open"
          actions={
            <Button look="quiet" size="small" keys="T">
              Add task
            </Button>
          }
        >
          <Rows>
            <Row
              meta={
                <>
                  <span className="font-medium text-amber">14:45</span>
                  <Avatar person={leila} />
                </>
              }
            >
              <Checkbox label="Count orders to re-charge" />
            </Row>
            <Row
              meta={
                <>
                  15:00 <Avatar person={oskar} />
                </>
              }
            >
              <Checkbox label="Stop the 4.18.2 pipeline for all regions" />
            </Row>
            <Row
              meta={
                <>
                  no owner <EmptySeat />
                </>
              }
            >
              <Checkbox label="Tell the acquirer’s support desk" />
            </Row>
            <Row
              meta={
                <>
                  14:30 <Avatar person={priya} />
                </>
              }
            >
              <Checkbox label="Answer macro for support" defaultChecked done />
            </Row>
          </Rows>
        </Panel>
        <Panel
          title="Roles"
          actions={
            <Button look="quiet" size="small">
              Hand over
            </Button>
          }
        >
          <DescriptionList
            termWidth={106}
            items={[
              {
                term: 'Commander',
                value: (
                  <span className="flex justify-between">
                    <Person person={mara} />
                    <span className="text-ink3">you</span>
                  </span>
                ),
              },
              { term: 'Operations', value: <Person person={tunde} /> },
              { term: 'Communications', value: <Person person={ines} /> },
              { term: 'Scribe', value: <AssignButton /> },
            ]}
          />
        </Panel>
        <Panel title="Values so far">
          <DescriptionList
            items={[
              { term: 'service', value: 'payments-gateway', mono: true },
              { term: 'good_release', value: '4.18.1', mono: true },
              { term: 'choice', value: 'roll_back', mono: true },
            ]}
          />
        </Panel>
        <Panel title="Figures that matter">
          <DescriptionList
            ruled
            apart
            items={[
              { term: 'Orders not placed, estimate', value: '4,680' },
              { term: 'Support tickets', value: '41' },
            ]}
          />
        </Panel>
      </aside>
    </div>
  )
}
