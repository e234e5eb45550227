// Who does what: roles with their holders, taken with one click, handed over with a note on where things stand.
import { Ellipsis, UserRoundPlus } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useSession } from '../../session.ts'
import { AssignButton, Avatar, Button, Dialog, ErrorNotice, IconButton, Menu, Panel, Person, TextArea } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'
import { PersonField } from './person-field.tsx'

type Role = Screen['roles'][number]
type Asking = { role: Role; how: 'assign' | 'hand-over' }

export function Roles({ incident }: { incident: Screen }) {
  const me = useSession()?.user
  const [asking, setAsking] = useState<Asking>()
  const assign = useDo('incidents.assignRole')
  const mine = incident.roles.filter((role) => role.holder?.id === me?.id)
  const may = incident.may.respond
  const put = (role: Role, user: string | null) => assign.mutate({ incident: incident.key, role: role.id, user })
  return (
    <Panel
      title="Roles"
      actions={
        may &&
        mine[0] && (
          <Button look="quiet" size="small" onClick={() => setAsking({ role: mine[0]!, how: 'hand-over' })}>
            Hand over
          </Button>
        )
      }
    >
      {assign.error && <ErrorNotice what={assign.error.message} reference={assign.error.reference} />}
      <dl>
        {incident.roles.map((role) => (
          <div key={role.id} className="flex min-h-[29px] items-center gap-2">
            <dt title={role.does} className="w-27 shrink-0 truncate text-ink2">
              {role.name}
            </dt>
            <dd className="flex min-w-0 flex-1 items-center justify-between gap-2">
              {role.holder ? (
                <Person person={role.holder} />
              ) : may ? (
                <Menu
                  trigger={
                    <Button look="quiet" size="small" icon={UserRoundPlus} className="-ml-2 text-accent!">
                      Assign
                    </Button>
                  }
                  groups={[
                    {
                      acts: [
                        ...(me ? [{ label: 'Take it', hint: role.does, run: () => put(role, me.id) }] : []),
                        { label: 'Somebody else…', run: () => setAsking({ role, how: 'assign' }) },
                      ],
                    },
                  ]}
                />
              ) : (
                <span className="text-ink3">nobody</span>
              )}
              {role.holder && role.holder.id === me?.id && <span className="text-ink3">you</span>}
              {role.holder && may && (
                <Menu
                  align="end"
                  trigger={<IconButton look="quiet" size="small" label={`Change ${role.name}`} of={Ellipsis} />}
                  groups={[
                    {
                      acts: [
                        ...(role.holder.id === me?.id
                          ? [{ label: 'Hand over…', run: () => setAsking({ role, how: 'hand-over' }) }]
                          : me
                            ? [{ label: 'Take it', run: () => put(role, me.id) }]
                            : []),
                        { label: 'Somebody else…', run: () => setAsking({ role, how: 'assign' }) },
                        { label: 'Leave it empty', danger: true, run: () => put(role, null) },
                      ],
                    },
                  ]}
                />
              )}
            </dd>
          </div>
        ))}
      </dl>
      {asking && (
        <RoleDialog key={`${asking.role.id} ${asking.how}`} incident={incident.key} {...asking} onClose={() => setAsking(undefined)} />
      )}
    </Panel>
  )
}

function RoleDialog({ incident, role, how, onClose }: Asking & { incident: string; onClose: () => void }) {
  const [user, setUser] = useState('')
  const [note, setNote] = useState('')
  const assign = useDo('incidents.assignRole')
  const hand = useDo('incidents.handOver')
  const { error, isPending } = how === 'assign' ? assign : hand
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (how === 'assign') assign.mutate({ incident, role: role.id, user }, { onSuccess: onClose })
    else hand.mutate({ incident, role: role.id, to: user, note }, { onSuccess: onClose })
  }
  const title = how === 'assign' ? `Assign ${role.name.toLowerCase()}` : `Hand ${role.name.toLowerCase()} over`
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={role.does ? `${role.does} They are told at once.` : 'They are told at once.'}
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <PersonField value={user} onChange={setUser} without={role.holder ? [role.holder.id] : []} />
        {how === 'hand-over' && (
          <TextArea
            label="Where things stand"
            hint="What runs, what was decided, what is next"
            required
            rows={3}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
        {error && <ErrorNotice what={error.message} reference={error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" sending={isPending} disabled={user === '' || (how === 'hand-over' && note.trim() === '')}>
            {how === 'assign' ? 'Assign' : 'Hand over'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Everybody who takes part, for the phone's tab. */
export function Responders({ incident, onBringIn }: { incident: Screen; onBringIn: () => void }) {
  return (
    <Panel
      title="Here"
      note={incident.responders.length}
      actions={incident.may.respond && <AssignButton label="Bring in" onClick={onBringIn} />}
    >
      <ul className="flex flex-wrap gap-3">
        {incident.responders.map((person) => (
          <li key={person.id} className="flex items-center gap-1.5">
            <Avatar person={person} named={false} />
            {person.name}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
