// Adding a component, or changing one.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, ConfirmDialog, Dialog, ErrorNotice, NameFields, Select, TextInput, useNamed } from '../../ui/index.ts'
import type { Component } from './update-words.ts'

export function ComponentDialog({ component, onClose }: { component?: Component; onClose: () => void }) {
  const named = useNamed(component)
  const [description, setDescription] = useState(component?.description ?? '')
  const [group, setGroup] = useState(component?.group ?? '')
  const [service, setService] = useState(component?.service ?? '')
  const services = useAskAll('directory.listServices', {})
  const add = useDo('status.addComponent')
  const change = useDo('status.changeComponent')
  const remove = useDo('status.removeComponent')
  const [leaving, setLeaving] = useState(false)
  const error = add.error ?? change.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const fields = { name: named.name, description, group, service: service || null }
    if (component) change.mutate({ component: component.slug, ...fields }, { onSuccess: onClose })
    else add.mutate({ slug: named.slug, ...fields }, { onSuccess: onClose })
  }
  if (component && leaving)
    return (
      <ConfirmDialog
        open
        onClose={() => setLeaving(false)}
        title={`Remove ${component.name}`}
        verb="Remove with its history"
        consequence="It leaves every status page, and how it was on each day is gone."
        sending={remove.isPending}
        error={remove.error && <ErrorNotice what={remove.error.message} safe="Nothing was removed." />}
        onConfirm={() => remove.mutate({ component: component.slug }, { onSuccess: onClose })}
      />
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={component ? `Change ${component.name}` : 'Add a component'}
      description="Its name is read by customers: what they use, not what it is made of."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <NameFields named={named} hint={(slug) => `Written as ${slug} in configuration`} />
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
            <Button look="danger" className="ml-auto" onClick={() => setLeaving(true)}>
              Remove…
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
