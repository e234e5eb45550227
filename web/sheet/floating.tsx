// What floats: each opens by its button, and its code comes with the first one.
import { BellOff, Check, ChevronDown, Ellipsis } from 'lucide-react'
import { useState } from 'react'
import {
  Button,
  ConfirmDialog,
  Dialog,
  Icon,
  IconButton,
  Menu,
  Popover,
  Select,
  TabLinks,
  TextArea,
  TextInput,
  ToastBar,
  Tooltip,
  useKeys,
  useToast,
} from '../ui/index.ts'
import { useShell } from '../shell/index.ts'
import { Sheet, Shown } from './shown.tsx'

const nothing = () => {}

export function Floating() {
  const shell = useShell()
  const toast = useToast()
  const [dialog, setDialog] = useState<'declare' | 'revoke'>()
  useKeys({ z: () => toast({ text: 'Snoozed until 15:40 CET. It pages again then.', undo: nothing }) })
  return (
    <Sheet>
      <Shown name="Dialog">
        <Button onClick={() => setDialog('declare')}>Declare incident…</Button>
        <Button look="danger" onClick={() => setDialog('revoke')}>
          Revoke key…
        </Button>
        <Dialog
          open={dialog === 'declare'}
          onClose={() => setDialog(undefined)}
          title="Declare an incident"
          description="Pages Payments, opens #inc-2418 and a call, starts the process ‘Major incident’."
          footer={
            <>
              <Button look="solid">Declare</Button>
              <Button look="quiet" onClick={() => setDialog(undefined)}>
                Cancel
              </Button>
            </>
          }
        >
          <div className="flex flex-col gap-3">
            <TextInput label="What is broken" placeholder="Card payments fail at checkout in the EU" />
            <Select
              label="Severity"
              options={[
                { value: '1', label: 'SEV1, revenue or safety' },
                { value: '2', label: 'SEV2, many customers' },
              ]}
            />
            <TextArea label="What you see" optional />
          </div>
        </Dialog>
        <ConfirmDialog
          open={dialog === 'revoke'}
          onClose={() => setDialog(undefined)}
          title="Revoke the key of Alertmanager?"
          consequence="Its events are refused from this moment. 14 open alerts stay and will not resolve by themselves."
          verb="Revoke"
          onConfirm={() => setDialog(undefined)}
        />
      </Shown>
      <Shown name="Menu">
        <Menu
          trigger={<Button iconAfter={ChevronDown}>Snooze</Button>}
          groups={[
            {
              heading: 'Until',
              acts: [
                { label: '1 hour', hint: '15:41 CET', keys: 'Z', run: nothing },
                { label: 'Tomorrow', hint: 'Tue 24 Nov, 09:00 CET', run: nothing },
                { label: 'Until it changes', checked: true, run: nothing },
              ],
            },
            {
              acts: [
                { label: 'Silence…', icon: BellOff, href: '/alerts' },
                { label: 'Delete', danger: true, run: nothing },
                { label: 'Merge', hint: 'Only a lead may', disabled: true },
              ],
            },
          ]}
        />
        <Menu
          align="end"
          trigger={<IconButton label="More" of={Ellipsis} look="outline" />}
          groups={[{ acts: [{ label: 'Print the review', run: nothing }] }]}
        />
      </Shown>
      <Shown name="Popover">
        <Popover trigger={<Button>214 subscribers</Button>} title="Who is told">
          {(close) => (
            <div>
              <p className="mb-2 text-ink2">188 by e-mail, 21 by webhook, 5 by SMS. Two addresses bounced last time.</p>
              <Button size="small" onClick={close}>
                Close
              </Button>
            </div>
          )}
        </Popover>
      </Shown>
      <Shown name="Tooltip">
        <Tooltip text="Link to this moment">
          <IconButton label="Link to this moment" of={Check} look="outline" />
        </Tooltip>
      </Shown>
      <Shown name="Palette">
        <Button onClick={shell.openPalette} keys="Ctrl K">
          Search or do
        </Button>
        <Button onClick={shell.openKeys} keys="?">
          Keys
        </Button>
      </Shown>
      <Shown name="Toast">
        <Button onClick={() => toast({ text: 'Acknowledged. Nobody else is paged.', undo: nothing })}>Acknowledge</Button>
        <ToastBar toast={{ text: 'Handed to Anders Holm, who is told by push.', undo: nothing }} onGone={nothing} />
      </Shown>
      <Shown name="Tab links">
        <TabLinks
          label="On-call"
          current="schedules"
          tabs={[
            { id: 'schedules', label: 'Schedules', href: '/_sheet?part=floating' },
            { id: 'policies', label: 'Policies', href: '/_sheet?part=lists', count: 4 },
          ]}
        />
        <Icon of={Check} />
      </Shown>
    </Sheet>
  )
}
