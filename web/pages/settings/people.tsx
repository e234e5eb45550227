// People and teams.
import { useState, type FormEvent } from 'react'
import { Ellipsis } from 'lucide-react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import {
  Button,
  ConfirmDialog,
  Dialog,
  Empty,
  ErrorNotice,
  IconButton,
  Menu,
  NameFields,
  PanelHeader,
  Person,
  Select,
  Table,
  useNamed,
  usePhone,
} from '../../ui/index.ts'
import { AddPerson, roles, type Role } from './add-person.tsx'
import { SendLink } from './send-link.tsx'
import { SettingsPage } from './settings-frame.tsx'

type Known = { handle: string; name: string; email?: string | undefined }

export default function PeoplePage() {
  const phone = usePhone()
  const people = useAskAll('directory.listUsers', {})
  const teams = useAskAll('directory.listTeams', {})
  const change = useDo('directory.changeUser')
  const disable = useDo('directory.disableUser')
  const [adding, setAdding] = useState<'person' | 'team'>()
  const [helping, setHelping] = useState<Known>()
  const [leaving, setLeaving] = useState<{ handle: string; name: string }>()
  const failure = people.error ?? change.error
  const may = useMay()('directory.addUser', null)
  return (
    <SettingsPage
      section="people"
      actions={
        may && (
          <>
            <Button onClick={() => setAdding('team')}>Add team</Button>
            <Button look="solid" onClick={() => setAdding('person')}>
              Add person
            </Button>
          </>
        )
      }
    >
      {failure && <ErrorNotice what={failure.message} reference={failure.reference} />}
      <PanelHeader title="People" note={people.data?.items.length} />
      <Table
        caption="People"
        rows={people.data?.items ?? []}
        rowId={(person) => person.id}
        columns={[
          {
            id: 'name',
            head: 'Name',
            cell: (person) => (
              <span className="grid max-w-[36vw] tablet:max-w-80">
                <Person person={{ id: person.id, name: person.name }} />
              </span>
            ),
          },
          { id: 'email', head: 'E-mail', deskOnly: true, cell: (person) => person.email ?? '' },
          { id: 'zone', head: 'Zone', deskOnly: true, cell: (person) => person.zone },
          {
            id: 'role',
            head: 'Role',
            width: '160px',
            cell: (person) =>
              may ? (
                <span className="block min-w-40">
                  <Select
                    label={`Role of ${person.name}`}
                    labelHidden
                    options={roles}
                    value={person.role}
                    onChange={(event) => change.mutate({ user: person.handle, role: event.target.value as Role })}
                  />
                </span>
              ) : (
                (roles.find(({ value }) => value === person.role)?.label ?? person.role)
              ),
          },
          ...(may
            ? [
                {
                  id: 'acts',
                  head: 'Link, or disable',
                  headHidden: true,
                  width: phone ? '44px' : '190px',
                  cell: (person: Known) =>
                    phone ? (
                      <Menu
                        align="end"
                        trigger={<IconButton label={`Send link to ${person.name}, or disable`} of={Ellipsis} />}
                        groups={[
                          {
                            acts: [
                              { label: 'Send link…', run: () => setHelping(person) },
                              { label: 'Disable…', danger: true, run: () => setLeaving(person) },
                            ],
                          },
                        ]}
                      />
                    ) : (
                      <span className="flex justify-end">
                        <Button size="small" look="quiet" aria-label={`Send link to ${person.name}`} onClick={() => setHelping(person)}>
                          Send link…
                        </Button>
                        <Button size="small" look="quiet" aria-label={`Disable ${person.name}`} onClick={() => setLeaving(person)}>
                          Disable…
                        </Button>
                      </span>
                    ),
                },
              ]
            : []),
        ]}
      />
      <div className="mt-6" />
      <PanelHeader title="Teams" note={teams.data?.items.length} />
      {teams.data?.items.length === 0 && (
        <Empty title="No team yet" act={may && <Button onClick={() => setAdding('team')}>Add the first team</Button>}>
          A team owns services. Its members may do more with what belongs to it.
        </Empty>
      )}
      {(teams.data?.items.length ?? 0) > 0 && (
        <Table
          caption="Teams"
          rows={teams.data?.items ?? []}
          rowId={(team) => team.id}
          columns={[
            { id: 'name', head: 'Team', cell: (team) => team.name },
            { id: 'members', head: 'Members', cell: (team) => team.members.map((member) => member.name).join(', ') || 'nobody' },
            { id: 'walls', head: 'Seen by', deskOnly: true, cell: (team) => (team.membersOnly ? 'members only' : 'everybody') },
          ]}
        />
      )}
      <AddPerson open={adding === 'person'} onClose={() => setAdding(undefined)} />
      {helping && <SendLink person={helping} onClose={() => setHelping(undefined)} />}
      <AddTeam open={adding === 'team'} onClose={() => setAdding(undefined)} people={people.data?.items ?? []} />
      <ConfirmDialog
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Disable ${leaving?.name ?? ''}`}
        verb="Disable"
        consequence="Every session and API token of this person ends at once. They are no longer paged. What they did stays in the record."
        sending={disable.isPending}
        error={disable.error?.message}
        onConfirm={() => leaving && disable.mutate({ user: leaving.handle }, { onSuccess: () => setLeaving(undefined) })}
      />
    </SettingsPage>
  )
}

function AddTeam({ open, onClose, people }: { open: boolean; onClose: () => void; people: { handle: string; name: string }[] }) {
  const named = useNamed()
  const [lead, setLead] = useState('')
  const add = useDo('directory.addTeam')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      { slug: named.slug, name: named.name, members: lead ? [{ user: lead, role: 'lead' }] : [] },
      { onSuccess: () => (named.clear(), setLead(''), onClose()) },
    )
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add a team"
      description="More members, and walls, are set through configuration or the API."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <NameFields named={named} />
        <Select
          label="Lead"
          optional
          placeholder="Nobody yet"
          value={lead}
          onChange={(event) => setLead(event.target.value)}
          options={people.map((person) => ({ value: person.handle, label: person.name }))}
        />
        {add.error && <ErrorNotice what={add.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add team
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
