// How I am reached: my methods with their tests, after how long which one, and what was sent to me. Everybody keeps their own.
import { Bell, Mail } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { Output } from '../../api/client.ts'
import { useAsk, useDo } from '../../api/hooks.ts'
import { Lead } from '../../shell/index.ts'
import {
  Button,
  ConfirmDialog,
  Dialog,
  ErrorNotice,
  PanelHeader,
  Row,
  Rows,
  Skeleton,
  StateGlyph,
  TextInput,
  TimeText,
  useToast,
  type GlyphKind,
} from '../../ui/index.ts'
import { deliveryGlyph, deliverySentence } from '../oncall/delivery-words.ts'
import { ContactRules } from './contact-rules.tsx'
import { subscribeHere, thisBrowser, whyNoPush } from './push-here.ts'
import { SettingsPage } from './settings-frame.tsx'

type Method = Output<'notifications.myMethods'>['items'][number]
const glyphs: Record<Method['state'], GlyphKind> = { works: 'done', unverified: 'waiting', dead: 'failed' }
const channels: Record<string, string> = { web: 'in Tocsin', email: 'e-mail', 'web-push': 'push' }

export default function ContactMethodsPage() {
  const methods = useAsk('notifications.myMethods', {})
  const rules = useAsk('notifications.myRules', {})
  const [adding, setAdding] = useState(false)
  const items = methods.data?.items ?? []
  const ruled = items
    .filter((method) => method.state === 'works' && method.channel !== 'web')
    .map((method) => ({ value: method.id, label: `${method.label} (${channels[method.channel] ?? method.channel})` }))
  return (
    <SettingsPage
      section="me"
      actions={
        <Button icon={Mail} onClick={() => setAdding(true)}>
          Add e-mail address
        </Button>
      }
    >
      {methods.error && (
        <ErrorNotice
          what="How you are reached could not be read."
          todo={methods.error.message}
          reference={methods.error.reference}
          onRetry={() => void methods.refetch()}
        />
      )}
      {!methods.data && !methods.error && <Skeleton label="How you are reached" rows={4} />}
      {methods.data && (
        <>
          <Lead note={`For updates: ${methods.data.plan.update}.`}>{leadOf(methods.data.plan.page)}</Lead>
          <PushHere first={!items.some((method) => method.channel === 'web-push' && method.state === 'works')} />
          <PanelHeader title="Ways to reach me" note={items.length} ruled />
          <Rows>
            {items.map((method) => (
              <MethodRow key={method.id} method={method} />
            ))}
          </Rows>
          {(rules.data?.items ?? []).map((set) => (
            <ContactRules key={set.urgency} set={set} methods={ruled} />
          ))}
          <Sent />
        </>
      )}
      {adding && <AddEmail onClose={() => setAdding(false)} />}
    </SettingsPage>
  )
}

/** The plan's own words: "push at once, then e-mail after 5 min: by rule", or "cannot be reached: there is no method that works". */
function leadOf(plan: string): string {
  const [how, why] = plan.split(': ')
  return how === 'cannot be reached' ? `No page can reach you: ${why}` : `A page reaches you by ${how?.replaceAll('e-mail', 'e\u2011mail')}`
}

function PushHere({ first }: { first: boolean }) {
  const key = useAsk('notifications.pushKey', {})
  const add = useDo('notifications.addContactMethod')
  const toast = useToast()
  const [failure, setFailure] = useState<string>()
  const [asking, setAsking] = useState(false)
  const cannot = key.data && key.data.publicKey === null ? 'This installation has no key for web push yet.' : whyNoPush()
  const subscribe = async (publicKey: string) => {
    setAsking(true)
    setFailure(undefined)
    try {
      const address = await subscribeHere(publicKey)
      await add.mutateAsync({ channel: 'web-push', address, label: thisBrowser() })
      toast({ text: 'Added. Send yourself a test.' })
    } catch (error) {
      // A browser's own words are no sentence of ours: "Registration failed - push service error".
      const refused = error instanceof DOMException ? `The browser did not subscribe: ${error.message}.` : undefined
      setFailure(refused ?? (error instanceof Error ? error.message : 'The browser did not subscribe.'))
    } finally {
      setAsking(false)
    }
  }
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
      <Button
        look={first ? 'solid' : 'outline'}
        icon={Bell}
        disabled={cannot !== undefined || !key.data}
        sending={asking}
        onClick={() => key.data?.publicKey && void subscribe(key.data.publicKey)}
      >
        Push to this browser
      </Button>
      <p className="min-w-0 basis-full text-ink2 tablet:flex-1 tablet:basis-0">
        {cannot ?? `${thisBrowser()} shows pages also while Tocsin is closed.`}
      </p>
      {failure && (
        <div className="w-full">
          <ErrorNotice what={failure} safe="Nothing else changed." />
        </div>
      )}
    </div>
  )
}

function MethodRow({ method }: { method: Method }) {
  const methodId = method.id as `mth_${string}`
  const test = useDo('notifications.testContactMethod')
  const resend = useDo('notifications.resendCode')
  const remove = useDo('notifications.removeContactMethod')
  const toast = useToast()
  const [leaving, setLeaving] = useState(false)
  const failure = test.error ?? resend.error
  return (
    <Row
      lead={<StateGlyph kind={glyphs[method.state]} />}
      note={
        <>
          {channels[method.channel] ?? method.channel}, {method.reason}
          {failure && (
            <span role="alert" className="block text-red">
              {failure.message}
            </span>
          )}
        </>
      }
      meta={
        <>
          {method.state === 'works' && method.channel !== 'web' && (
            <Button
              size="small"
              sending={test.isPending}
              aria-label={`Test ${method.label}`}
              onClick={() =>
                test.mutate(
                  { methodId: method.id },
                  { onSuccess: () => toast({ text: 'A test is on its way. What became of it stands below.' }) },
                )
              }
            >
              Test
            </Button>
          )}
          {method.state === 'unverified' && (
            <Button
              size="small"
              look="quiet"
              sending={resend.isPending}
              onClick={() => resend.mutate({ methodId }, { onSuccess: () => toast({ text: 'A new code is on its way.' }) })}
            >
              Send a new code
            </Button>
          )}
          {!method.builtIn && (
            <Button size="small" look="quiet" aria-label={`Remove ${method.label}`} onClick={() => setLeaving(true)}>
              Remove…
            </Button>
          )}
        </>
      }
    >
      <span className="font-medium">{method.label}</span>
      {method.state === 'unverified' && <TypeCode methodId={methodId} />}
      <ConfirmDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title={`Remove ${method.label}`}
        verb="Remove"
        consequence="Rules that use it go too. If it was the last one, pages come by your sign-in address."
        sending={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate({ methodId }, { onSuccess: () => setLeaving(false) })}
      />
    </Row>
  )
}

function TypeCode({ methodId }: { methodId: `mth_${string}` }) {
  const [code, setCode] = useState('')
  const verify = useDo('notifications.verifyContactMethod')
  const wrong = verify.data && !verify.data.verified ? verify.data.reason : verify.error?.message
  const submit = (event: FormEvent) => {
    event.preventDefault()
    verify.mutate({ methodId, code })
  }
  return (
    <form onSubmit={submit} className="my-1 flex items-start gap-2">
      <TextInput
        label="Code that was sent there"
        labelHidden
        placeholder="Code"
        mono
        required
        inputMode="numeric"
        autoComplete="one-time-code"
        className="w-40"
        value={code}
        error={wrong}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" sending={verify.isPending}>
        Verify
      </Button>
    </form>
  )
}

function AddEmail({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useState('')
  const add = useDo('notifications.addContactMethod')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ channel: 'email', address }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add an e-mail address"
      description="A code is sent there. It is used once you have typed the code."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Address"
          type="email"
          required
          autoComplete="email"
          value={address}
          error={add.error?.message}
          onChange={(event) => setAddress(event.target.value)}
        />
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Send code
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Sent() {
  const sent = useAsk('notifications.mine', { limit: 10 })
  if (!sent.data) return null
  return (
    <section className="mt-6" aria-label="Sent to me">
      <PanelHeader title="Sent to me" note="newest first" ruled />
      <Rows>
        {sent.data.items.map((one) => (
          <Row
            key={one.id}
            lead={<StateGlyph kind={deliveryGlyph(one)} />}
            meta={<TimeText at={one.settledAt ?? one.dueAt} form="relative" />}
            note={deliverySentence(one)}
          >
            {one.title}
          </Row>
        ))}
      </Rows>
      {sent.data.items.length === 0 && <p className="py-2 text-ink2">Nothing was sent to you yet.</p>}
    </section>
  )
}
