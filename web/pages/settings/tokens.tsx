// API tokens of the reader.
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { permissions } from '../../api/permissions.generated.ts'
import type { Input } from '../../api/client.ts'
import {
  Button,
  Checkbox,
  ConfirmDialog,
  CopyLine,
  Dialog,
  Empty,
  ErrorNotice,
  Table,
  TextInput,
  TextLink,
  TimeText,
} from '../../ui/index.ts'
import { SettingsPage } from './settings-frame.tsx'

export default function TokensPage() {
  const tokens = useAsk('directory.listTokens', {})
  const revoke = useDo('directory.revokeToken')
  const [making, setMaking] = useState(false)
  const items = tokens.data?.items ?? []
  const [leaving, setLeaving] = useState<(typeof items)[number]>()
  return (
    <SettingsPage
      section="api"
      actions={
        <Button look={items.length > 0 ? 'solid' : 'outline'} onClick={() => setMaking(true)}>
          Make token
        </Button>
      }
    >
      <p className="mb-3 text-ink2">
        Programs sign in with <code>Authorization: Bearer …</code>. What there is to ask stands in{' '}
        <TextLink href="/api/openapi.json">openapi.json</TextLink>.
      </p>
      {tokens.error && <ErrorNotice what={tokens.error.message} />}
      {tokens.data && items.length === 0 && (
        <Empty
          title="No token yet"
          act={
            <Button look="solid" onClick={() => setMaking(true)}>
              Make a token
            </Button>
          }
        >
          A token may do what you choose for it, as far as you may yourself.
        </Empty>
      )}
      {items.length > 0 && (
        <Table
          caption="API tokens"
          rows={items}
          rowId={(token) => token.id}
          columns={[
            { id: 'name', head: 'Token', cell: (token) => token.name },
            {
              id: 'scopes',
              head: 'May',
              cell: (token) =>
                token.scopes.length > 6
                  ? `${token.scopes.length} permissions`
                  : token.scopes.map((scope) => permissions[scope] ?? scope).join(', '),
            },
            {
              id: 'used',
              head: 'Last used',
              deskOnly: true,
              cell: (token) => (token.usedAt ? <TimeText at={token.usedAt} form="relative" /> : 'never'),
            },
            {
              id: 'revoke',
              head: 'Revoke',
              headHidden: true,
              width: '90px',
              cell: (token) => (
                <Button size="small" look="danger" aria-label={`Revoke ${token.name}`} onClick={() => setLeaving(token)}>
                  Revoke…
                </Button>
              ),
            },
          ]}
        />
      )}
      <ConfirmDialog
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Revoke ${leaving?.name ?? ''}`}
        verb="Revoke"
        consequence="Whatever signs in with it is refused at once. It cannot be brought back."
        sending={revoke.isPending}
        error={revoke.error && <ErrorNotice what={revoke.error.message} />}
        onConfirm={() => leaving && revoke.mutate({ tokenId: leaving.id }, { onSuccess: () => setLeaving(undefined) })}
      />
      {making && <MakeToken onClose={() => setMaking(false)} />}
    </SettingsPage>
  )
}

function MakeToken({ onClose }: { onClose: () => void }) {
  const me = useAsk('directory.whoAmI', {})
  const make = useDo('directory.makeToken')
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>([])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ name, scopes: scopes as Input<'directory.makeToken'>['scopes'] })
  }
  return (
    <Dialog open onClose={onClose} title="Make an API token" description="It acts as you, with only what you choose here.">
      {make.data ? (
        <div className="flex flex-col gap-3">
          <p>This is shown once. Copy it now.</p>
          <CopyLine label="Token" value={make.data.token} />
          <div>
            <Button look="solid" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-3">
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.target.value)} placeholder="CI" />
          <fieldset>
            <legend className="text-meta text-ink2">It may</legend>
            <div className="mt-1 grid gap-1 tablet:grid-cols-2">
              {(me.data?.may ?? []).map((permission) => (
                <Checkbox
                  key={permission}
                  label={permissions[permission] ?? permission}
                  title={permission}
                  checked={scopes.includes(permission)}
                  onChange={(event) =>
                    setScopes(event.target.checked ? [...scopes, permission] : scopes.filter((one) => one !== permission))
                  }
                />
              ))}
            </div>
          </fieldset>
          {make.error && <ErrorNotice what={make.error.message} />}
          <div className="flex gap-2">
            <Button look="solid" type="submit" disabled={scopes.length === 0} sending={make.isPending}>
              Make token
            </Button>
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
