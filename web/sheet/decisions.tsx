// What asks for a decision, tells a reason, or stands where something is missing.
import {
  Approval,
  Button,
  ConflictNotice,
  Diff,
  Empty,
  ErrorNotice,
  Markdown,
  Question,
  Reason,
  ReasonTrace,
  Skeleton,
  type Answer,
} from '../ui/index.ts'
import { Sheet, Shown } from './shown.tsx'

const nothing = () => {}
const answers: Answer[] = [
  { id: 'yes', label: 'Yes, below 1 % for 5 minutes', then: 'then go to monitoring' },
  { id: 'no', label: 'No, still failing', then: 'then fail over to the second acquirer' },
  { id: 'later', label: 'Cannot tell yet', then: 'then ask again in 5 min' },
]

export function Decisions() {
  return (
    <Sheet>
      <div className="grid gap-3 py-3 desk:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-3">
          <Question
            question="Has the failure rate come down?"
            asked="you · waiting 1:08"
            answers={answers}
            preselected="no"
            silence="asks Priya too at 14:44"
            onAnswer={nothing}
            onHandOver={nothing}
          />
          <Question
            question="Fail over to the second acquirer?"
            asked="Tunde · waiting 0:12"
            answers={[
              { id: 'go', label: 'Fail over', then: 'switches all EU traffic', changesProduction: true },
              { id: 'wait', label: 'Wait', then: 'asks again in 5 min' },
            ]}
            preselected="go"
            silence="nothing runs by itself"
            withNote
            onAnswer={nothing}
          />
          <ConflictNotice who="Priya" keep={{ label: 'Keep SEV2', run: nothing }} again={{ label: 'Set SEV1 again', run: nothing }}>
            She set the severity to SEV2 at 14:40:58. You chose SEV1. Nothing of yours is lost.
          </ConflictNotice>
          <Empty
            title="No alerts yet"
            act={
              <Button look="solid" size="small">
                Connect a source
              </Button>
            }
            attempt={<Button size="small">Send a test alert</Button>}
          >
            Connect a source, or send one now to see what would happen.
          </Empty>
          <ErrorNotice
            what="The update was not published"
            safe="Your text is kept and nobody was told."
            todo="Publish again, or tell them in #inc-2417."
            reference="req-8f31c0"
            onRetry={nothing}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Approval
            title="Roll back payments-gateway?"
            danger="changes production"
            about="This is exactly what will run, with Tunde’s connection ‘prod-eu’:"
            preview={
              <Diff
                object="deployment/payments-gateway, 12 pods, eu-west"
                lines={[
                  { sign: '-', text: 'image: payments-gateway:4.18.2' },
                  { sign: '+', text: 'image: payments-gateway:4.18.1' },
                  { sign: ' ', text: 'strategy: rolling, at most 2 pods at once' },
                ]}
              />
            }
            rule="1 of 1 approvals from Payments leads. Without an answer by 14:45 it asks the duty manager."
            onApprove={nothing}
            onRefuse={nothing}
            onAsk={nothing}
          />
          <Markdown html="<h2>What happened</h2><p>Release <code>4.18.2</code> drops the 3-D Secure callback for EU issuers. See <a href='/incidents/2417'>INC-2417</a>.</p><ul><li>8.2 % of card payments failed at the peak</li><li>PayPal worked throughout</li></ul>" />
        </div>
      </div>
      <Shown name="Reason">
        <Reason
          parts={['Not paged: silenced by ‘', { text: 'orders-db failover rehearsal', href: '/alerts' }, '’ until 16:00 (Kenji Watanabe).']}
        />
        <Reason quiet parts="Not paged: low urgency outside an incident goes to the Platform queue, weekdays 09–17." />
      </Shown>
      <Shown name="Trace">
        <div className="w-85 max-w-full">
          <ReasonTrace
            steps={[
              {
                id: '1',
                outcome: 'applied',
                title: 'New alert',
                reason: (
                  <>
                    No open alert has the key <code className="text-meta">search-p95</code>.
                  </>
                ),
                time: '14:40:02',
              },
              { id: '2', outcome: 'passed', title: 'No silence applies', reason: '3 active silences were checked.' },
              { id: '3', outcome: 'passed', title: 'Not held', reason: 'SEV2 and above page at once.' },
              {
                id: '4',
                outcome: 'applied',
                title: 'Route ‘customer-facing’',
                reason: (
                  <>
                    <code className="text-meta">tier = 1</code> sends it to the policy Search.
                  </>
                ),
                time: '14:40:03',
              },
              { id: '5', outcome: 'stopped', title: 'Inhibited', reason: '‘Card payments failing’ on the same cluster.', time: '14:40:03' },
              {
                id: '6',
                outcome: 'acted',
                title: 'Paging level 1 of 3',
                reason: 'Mara Lindqvist: layer ‘Weekly’, no override. Push delivered 14:40:04.',
                time: '14:40:03',
              },
            ]}
          />
        </div>
      </Shown>
      <Shown name="Skeleton">
        <div className="w-full">
          <Skeleton rows={2} tall />
          <Skeleton rows={2} />
        </div>
      </Shown>
    </Sheet>
  )
}
