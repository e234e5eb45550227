// Adding a component, or changing one.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, Select, TextInput } from '../../ui/index.ts'
import { slugOf, type Component } from './update-words.ts'

export function ComponentDialog({ component, onClose }: { component?: Component; onClose: () => void }) {
  const [name, setName] = useState(component?.name ?? '')
  const [description, setDescription] = useState(component?.description ?? '')
  const [group, setGroup] = useState(component?.group ?? '')
  const [service, setService] = useState(component?.service ?? '')
  const services = useAskAll('directory.listServices', {})
  const add = useDo('status.addComponent')
  const change = useDo('status.changeComponent')
  const remove = useDo('status.removeComponent')
  const error = add.error ?? change.error ?? remove.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const fields = { name, description, group, service: service || null }
    if (component) change.mutate({ component: component.slug, ...fields }, { onSuccess: onClose })
    else add.mutate({ slug: slugOf(name), ...fields }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={component ? `Change ${component.name}` : 'Add a component'}
      description="Its name is read by customers: what they use, not what it is made of."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Name"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
          hint={component ? undefined : name && `Written as ${slugOf(name)} in configuration`}
        />
        <TextInput
          label="Group"
          optional
          maxLength={80}
          value={group}
          onChange={(event) => setGroup(event.target.value)}
          hint="Components of a group stand together"
        />
        <TextInput
          label="What it is"
          optional
          maxLength={500}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <Select
          label="Service behind it"
          optional
          placeholder="None"
          value={service}
          onChange={(event) => setService(event.target.value)}
          hint="Never shown outside"
          options={(services.data?.items ?? []).map((one) => ({ value: one.slug, label: one.name }))}
        />
        {error && <ErrorNotice what={error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending || change.isPending}>
            {component ? 'Save' : 'Add component'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          {component && (
            <Button
              look="danger"
              className="ml-auto"
              sending={remove.isPending}
              onClick={() => remove.mutate({ component: component.slug }, { onSuccess: onClose })}
            >
              Remove with its history
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
