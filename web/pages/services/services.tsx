// Services: what can break, who owns it, whom it pages.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Page } from '../../shell/index.ts'
import { Button, Dialog, Empty, ErrorNotice, NameFields, Select, Skeleton, Table, TextLink, useNamed } from '../../ui/index.ts'
import { OwnerTeam } from './owner-team.tsx'

export default function ServicesPage() {
  const services = useAskAll('directory.listServices', {})
  const [adding, setAdding] = useState(false)
  const may = useMay()
  const items = services.data?.items ?? []
  return (
    <Page
      title="Services"
      note={services.data ? `${items.length}` : undefined}
      actions={
        <>
          {may('changes.list') && <Button href="/changes">Changes</Button>}
          {may('directory.addService') && (
            <Button look={items.length === 0 ? 'outline' : 'solid'} onClick={() => setAdding(true)}>
              Add service
            </Button>
          )}
        </>
      }
    >
      <div className="px-4 py-3">
        {services.error && <ErrorNotice what={services.error.message} reference={services.error.reference} />}
        {!services.data && !services.error && <Skeleton label="Services" />}
        {services.data && items.length === 0 && (
          <Empty
            title="No service yet"
            act={
              may('directory.addService') && (
                <Button look="solid" onClick={() => setAdding(true)}>
                  Add the first service
                </Button>
              )
            }
          >
            A service is what is broken when an alert comes: it has an owner team and an escalation policy.
          </Empty>
        )}
        {items.length > 0 && (
          <Table
            caption="Services"
            rows={items}
            rowId={(service) => service.id}
            columns={[
              {
                id: 'name',
                head: 'Service',
                cell: (service) => (
                  <TextLink quiet href={`/services/${service.slug}`}>
                    {service.name}
                  </TextLink>
                ),
              },
              { id: 'tier', head: 'Tier', width: '60px', numeric: true, cell: (service) => service.tier },
              { id: 'team', head: 'Team', cell: (service) => service.team?.name ?? 'nobody owns it' },
              {
                id: 'policy',
                head: 'Pages',
                deskOnly: true,
                cell: (service) =>
                  service.policy ? (
                    <TextLink quiet href={`/oncall/policies/${service.policy}`}>
                      {service.policy}
                    </TextLink>
                  ) : (
                    'nobody'
                  ),
              },
              { id: 'depends', head: 'Needs', deskOnly: true, cell: (service) => service.dependsOn.join(', ') },
            ]}
          />
        )}
      </div>
      <AddService open={adding} onClose={() => setAdding(false)} />
    </Page>
  )
}

function AddService({ open, onClose }: { open: boolean; onClose: () => void }) {
  const named = useNamed()
  const [team, setTeam] = useState('')
  const [tier, setTier] = useState('3')
  const add = useDo('directory.addService')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { slug, name } = named
    add.mutate({ slug, name, tier: Number(tier), ...(team ? { team } : {}) }, { onSuccess: () => (named.clear(), onClose()) })
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add a service"
      description="It can be named by alerts at once; it pages somebody when it has an escalation policy."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <NameFields named={named} hint={(slug) => `Written in alerts as service=${slug}`} />
        <OwnerTeam label="Owner team" nobody="None" adds="directory.addService" value={team} onChange={setTeam} />
        <Select
          label="Tier"
          value={tier}
          onChange={(event) => setTier(event.target.value)}
          options={[1, 2, 3, 4, 5].map((one) => ({ value: String(one), label: one === 1 ? '1, customers notice at once' : String(one) }))}
        />
        {add.error && <ErrorNotice what={add.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add service
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
