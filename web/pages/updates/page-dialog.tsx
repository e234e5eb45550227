// Adding a status page, or changing one: name, who sees it, whose days, which components in which order.
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import {
  browserZone,
  Button,
  Checkbox,
  ChoiceGroup,
  ConfirmDialog,
  Dialog,
  ErrorNotice,
  IconButton,
  NameFields,
  Radio,
  TextInput,
  useNamed,
} from '../../ui/index.ts'
import type { Component, StatusPage } from './update-words.ts'

export function PageDialog({ page, components, onClose }: { page?: StatusPage; components: Component[]; onClose: () => void }) {
  const named = useNamed(page)
  const [visibility, setVisibility] = useState(page?.visibility ?? 'public')
  const [zone, setZone] = useState(page?.zone ?? browserZone())
  const [chosen, setChosen] = useState(page?.components ?? components.map(({ slug }) => slug))
  const add = useDo('status.addPage')
  const change = useDo('status.changePage')
  const remove = useDo('status.removePage')
  const [leaving, setLeaving] = useState(false)
  const error = add.error ?? change.error
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const fields = { name: named.name, visibility, zone, components: chosen }
    if (page) change.mutate({ statusPage: page.slug, ...fields }, { onSuccess: onClose })
    else add.mutate({ slug: named.slug, ...fields }, { onSuccess: onClose })
  }
  const order = [...chosen, ...components.map(({ slug }) => slug).filter((slug) => !chosen.includes(slug))]
  const move = (slug: string, by: number) => {
    const at = chosen.indexOf(slug)
    const next = chosen.filter((one) => one !== slug)
    next.splice(Math.max(0, at + by), 0, slug)
    setChosen(next)
  }
  if (page && leaving)
    return (
      <ConfirmDialog
        open
        onClose={() => setLeaving(false)}
        title={`Remove ${page.name}`}
        verb="Remove"
        consequence={`Its address shows nothing from then on, and ${page.subscribers === 1 ? 'its one subscriber is' : `its ${page.subscribers} subscribers are`} forgotten. Its components stay.`}
        sending={remove.isPending}
        error={remove.error && <ErrorNotice what={remove.error.message} safe="Nothing was removed." />}
        onConfirm={() => remove.mutate({ statusPage: page.slug }, { onSuccess: onClose })}
      />
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={page ? `Change ${page.name}` : 'Add a status page'}
      description={visibility === 'public' ? 'Everybody who has the address can read it.' : 'Only people who are signed in see it.'}
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <NameFields named={named} hint={(slug) => `Its address ends with /s/${slug}`} />
        <ChoiceGroup legend="Who sees it">
          <Radio
            name="visibility"
            label="Everybody"
            hint="has an address, a feed and subscribers"
            checked={visibility === 'public'}
            onChange={() => setVisibility('public')}
          />
          <Radio
            name="visibility"
            label="Colleagues"
            hint="under Updates, and by mail to those who follow"
            checked={visibility === 'internal'}
            onChange={() => setVisibility('internal')}
          />
        </ChoiceGroup>
        <TextInput
          label="Time zone"
          required
          value={zone}
          onChange={(event) => setZone(event.target.value)}
          hint="Days and times are shown in it"
        />
        <ChoiceGroup legend="Components, in this order">
          {order.map((slug) => (
            <span key={slug} className="flex items-center gap-1">
              <Checkbox
                label={components.find((one) => one.slug === slug)?.name ?? slug}
                checked={chosen.includes(slug)}
                onChange={(event) => setChosen(event.target.checked ? [...chosen, slug] : chosen.filter((one) => one !== slug))}
                className="flex-1"
              />
              {chosen.includes(slug) && <IconButton size="small" label={`Move ${slug} up`} of={ArrowUp} onClick={() => move(slug, -1)} />}
              {chosen.includes(slug) && (
                <IconButton size="small" label={`Move ${slug} down`} of={ArrowDown} onClick={() => move(slug, 1)} />
              )}
            </span>
          ))}
        </ChoiceGroup>
        {error && <ErrorNotice what={error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending || change.isPending}>
            {page ? 'Save' : 'Add status page'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          {page && (
            <Button look="danger" className="ml-auto" onClick={() => setLeaving(true)}>
              Remove…
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
