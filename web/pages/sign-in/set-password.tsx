// Where a link to set a password leads. Its token stands behind the fragment, which no server sees, and leaves the address at once.
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useDocumentTitle } from '../../shell/index.ts'
import { Button, Checkbox, ErrorNotice, TextInput, TextLink } from '../../ui/index.ts'
import { Stage, useEnter } from './stage.tsx'

export default function SetPasswordPage() {
  useDocumentTitle('Set your password')
  const fragment = useRouterState({ select: (state) => state.location.hash })
  const navigate = useNavigate()
  const [token, setToken] = useState(fragment)
  useEffect(() => {
    if (fragment === '') return
    // Also another link, opened where the first one was.
    setToken(fragment)
    void navigate({ to: '/set-password', replace: true })
  }, [fragment, navigate])
  return token === '' ? <UsedUp /> : <SetPassword key={token} token={token} />
}

function SetPassword({ token }: { token: string }) {
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const set = useDo('directory.setPassword')
  const enter = useEnter(set.isSuccess)
  const faults = new Map(set.error?.faults.map((fault) => [fault.path.slice(1), fault.message]))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate({ token, password })
  }
  // What is no token at all is no link either.
  if (set.error?.status === 410 || faults.has('token')) return <UsedUp />
  return (
    <Stage title="Set your password" note="Then you are signed in here, and signed out everywhere else.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="New password"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          minLength={12}
          required
          autoFocus
          hint="At least 12 characters. A sentence is best."
          value={password}
          error={faults.get('password')}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Checkbox label="Show it" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        {set.error && faults.size === 0 && <ErrorNotice what={set.error.message} safe="Your password is as it was." />}
        <Button look="solid" size="touch" type="submit" sending={set.isPending || enter}>
          Set password and sign in
        </Button>
      </form>
    </Stage>
  )
}

function UsedUp() {
  return (
    <Stage
      title="This link no longer works"
      note="A link works once, for as long as its mail says, and only until your password is set or an administrator sends you another."
    >
      <ul className="flex flex-col gap-2">
        <li>
          <TextLink href="/sign-in?forgot=yes">Ask for a new link</TextLink>
        </li>
        <li>
          <TextLink href="/sign-in">Sign in</TextLink>, if you have set your password already
        </li>
      </ul>
    </Stage>
  )
}
