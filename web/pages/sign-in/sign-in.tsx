// Signing in, and making the first administrator while there is none.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import { queryClient, useAsk, useDo } from '../../api/hooks.ts'
import { safeReturn } from '../../session.ts'
import { Bell } from '../../shell/bell.tsx'
import { useDocumentTitle } from '../../shell/index.ts'
import { browserZone, Button, ErrorNotice, TextInput } from '../../ui/index.ts'

export default function SignInPage() {
  const setup = useAsk('directory.setupState', {}).data
  // Whoever has begun to set up finishes it: the answer turns to "not needed" by their own doing, before they are let in.
  const [began, setBegan] = useState<typeof setup>()
  useEffect(() => setBegan((before) => before ?? setup), [setup])
  if (!began) return <div className="h-dvh bg-canvas" aria-busy="true" />
  return began.needed ? <SetUp tokenNeeded={began.tokenNeeded} /> : <SignIn organisation={began.organisation} />
}

function SignIn({ organisation }: { organisation: string | null }) {
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

function useEnter(done: boolean): boolean {
  const navigate = useNavigate()
  const { returnTo } = useSearch({ strict: false }) as { returnTo?: string }
  useEffect(() => {
    if (!done) return
    queryClient.clear()
    void navigate({ to: safeReturn(returnTo), replace: true })
  }, [done, navigate, returnTo])
  return done
}

function Stage({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <main id="main" className="flex min-h-dvh items-center justify-center bg-canvas p-4">
      <div className="w-full max-w-90 rounded-box border border-line bg-surface p-6">
        <Bell />
        <h1 className="mt-3 text-page font-semibold">{title}</h1>
        {note && <p className="mt-1 text-ink2">{note}</p>}
        <div className="mt-4">{children}</div>
      </div>
    </main>
  )
}
