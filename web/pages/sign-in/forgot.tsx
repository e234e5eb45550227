// Asking for a link to set a new password. What is said is the same for every address.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useDocumentTitle } from '../../shell/index.ts'
import { Button, ErrorNotice, TextInput, TextLink } from '../../ui/index.ts'
import { Stage } from './stage.tsx'

/** `mails`: whether this installation sends any. `back` is where to sign in. */
export function Forgot({ mails, back }: { mails: boolean; back: string }) {
  useDocumentTitle('Set a new password')
  const [email, setEmail] = useState('')
  const ask = useDo('directory.askForPasswordLink')
  const faults = new Map(ask.error?.faults.map((fault) => [fault.path.slice(1), fault.message]))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate({ email })
  }
  const leave = <TextLink href={back}>Back to sign in</TextLink>
  if (!mails)
    return (
      <Stage title="Ask an administrator" note="This installation sends no mail, so it cannot send you a link to set a new password.">
        <p className="mb-3 text-ink2">
          An administrator makes one under Settings, People and teams. Whoever is locked out as an administrator runs{' '}
          <code className="break-words">tocsin password-link</code> with their address on the machine that Tocsin runs on.
        </p>
        {leave}
      </Stage>
    )
  if (ask.isSuccess)
    return (
      <Stage title="Look into your mail" note="If somebody here has this address, a link to set a new password is on its way to it.">
        <p role="status" className="mb-3 text-ink2">
          It works once, for an hour; a link that you have already works as well. If nothing comes, look whether the address is right, or
          ask an administrator.
        </p>
        {leave}
      </Stage>
    )
  return (
    <Stage title="Forgot your password?" note="A mail brings you a link with which you set a new one.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          error={faults.get('email')}
          onChange={(event) => setEmail(event.target.value)}
        />
        {ask.error && faults.size === 0 && <ErrorNotice what={ask.error.message} />}
        <Button look="solid" size="touch" type="submit" sending={ask.isPending}>
          Send a link
        </Button>
        <p>{leave}</p>
      </form>
    </Stage>
  )
}
