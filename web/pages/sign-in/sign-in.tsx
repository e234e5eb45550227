// Signing in, asking for a link when the password is forgotten, and making the first administrator while there is none.
import { useSearch } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useDocumentTitle } from '../../shell/index.ts'
import { browserZone, Button, ErrorNotice, TextInput, TextLink } from '../../ui/index.ts'
import { Forgot } from './forgot.tsx'
import { Stage, useEnter } from './stage.tsx'

export default function SignInPage() {
  const { forgot, returnTo } = useSearch({ strict: false }) as { forgot?: string; returnTo?: string }
  const setup = useAsk('directory.setupState', {}).data
  // Whoever has begun to set up finishes it: the answer turns to "not needed" by their own doing, before they are let in.
  const [began, setBegan] = useState<typeof setup>()
  useEffect(() => setBegan((before) => before ?? setup), [setup])
  if (!began) return <div className="h-dvh bg-canvas" aria-busy="true" />
  if (began.needed) return <SetUp tokenNeeded={began.tokenNeeded} />
  const after = returnTo === undefined ? '' : `returnTo=${encodeURIComponent(returnTo)}`
  return forgot === undefined ? (
    <SignIn organisation={began.organisation} forgot={`/sign-in?forgot=yes${after && `&${after}`}`} />
  ) : (
    <Forgot mails={began.mails} back={after === '' ? '/sign-in' : `/sign-in?${after}`} />
  )
}

function SignIn({ organisation, forgot }: { organisation: string | null; forgot: string }) {
  useDocumentTitle('Sign in')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useDo('directory.signIn')
  const enter = useEnter(signIn.isSuccess)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate({ email, password })
  }
  return (
    <Stage title={`Sign in to ${organisation ?? 'Tocsin'}`}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextInput
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {signIn.error && <ErrorNotice what={signIn.error.message} />}
        <Button look="solid" size="touch" type="submit" sending={signIn.isPending || enter}>
          Sign in
        </Button>
        <p>
          <TextLink href={forgot}>Forgot your password?</TextLink>
        </p>
      </form>
    </Stage>
  )
}

function SetUp({ tokenNeeded }: { tokenNeeded: boolean }) {
  useDocumentTitle('Set up')
  const [form, setForm] = useState({ organisation: '', name: '', email: '', password: '', setupToken: '' })
  const setUp = useDo('directory.setUp')
  const enter = useEnter(setUp.isSuccess)
  const faults = new Map(setUp.error?.faults.map((fault) => [fault.path.slice(1), fault.message]))
  const field = (name: keyof typeof form) => ({
    value: form[name],
    error: faults.get(name),
    required: true,
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { setupToken, ...rest } = form
    setUp.mutate({ ...rest, zone: browserZone(), ...(setupToken ? { setupToken } : {}) })
  }
  return (
    <Stage title="Set up Tocsin" note="You become the first administrator. Everybody else is added by you, or by configuration.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput label="Organisation" autoFocus {...field('organisation')} />
        <TextInput label="Your name" autoComplete="name" {...field('name')} />
        <TextInput label="E-mail" type="email" autoComplete="username" {...field('email')} />
        <TextInput
          label="Password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          hint="At least 12 characters. A sentence is best."
          {...field('password')}
        />
        {tokenNeeded && (
          <TextInput
            label="Set-up token"
            mono
            hint="Printed when the server started, because you come from another machine."
            {...field('setupToken')}
          />
        )}
        {setUp.error && faults.size === 0 && <ErrorNotice what={setUp.error.message} safe="Nothing was made." />}
        <Button look="solid" size="touch" type="submit" sending={setUp.isPending || enter}>
          Make the first administrator
        </Button>
      </form>
    </Stage>
  )
}
