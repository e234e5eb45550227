// Subscribing instead of asking: which status pages send their updates to the reader's own address.
import { useAsk, useDo } from '../../api/hooks.ts'
import { Button, ErrorNotice, Menu, Panel, useToast } from '../../ui/index.ts'

function useFollowing() {
  const pages = useAsk('status.listPages', {})
  const mine = useAsk('status.following', {})
  const follow = useDo('status.follow')
  const unfollow = useDo('status.unfollow')
  const toast = useToast()
  const items = (pages.data?.items ?? []).map(({ slug, name }) => ({ slug, name, on: mine.data?.pages.includes(slug) ?? false }))
  const turn = ({ slug, name, on }: (typeof items)[number]) =>
    on
      ? unfollow.mutate(
          { statusPage: slug },
          { onSuccess: () => toast({ text: `No more updates of ${name}.`, undo: () => follow.mutate({ statusPage: slug }) }) },
        )
      : follow.mutate(
          { statusPage: slug },
          {
            onSuccess: () =>
              toast({ text: `Updates of ${name} come to your e-mail address.`, undo: () => unfollow.mutate({ statusPage: slug }) }),
          },
        )
  return { items, turn, error: follow.error ?? unfollow.error }
}

/** "Follow", or what is followed. */
export function FollowMenu() {
  const { items, turn } = useFollowing()
  const on = items.filter((item) => item.on)
  if (items.length === 0) return null
  const label = on.length === 0 ? 'Follow…' : `Following ${on.map(({ name }) => name).join(', ')}`
  return (
    <Menu
      trigger={
        <Button look={on.length === 0 ? 'solid' : 'outline'} className="max-w-72 truncate">
          {label}
        </Button>
      }
      groups={[{ acts: items.map((item) => ({ label: item.name, checked: item.on, run: () => turn(item) })) }]}
    />
  )
}

export function FollowPanel() {
  const { items, error } = useFollowing()
  const on = items.filter((item) => item.on)
  return (
    <Panel title="You hear of it by">
      {error && <ErrorNotice what={error.message} />}
      <p className="text-ink2">
        {on.length === 0
          ? items.length === 0
            ? 'Nothing: there is no status page to follow yet.'
            : 'Nothing yet: you follow no status page. Follow one above.'
          : `E-mail at each update of ${on.map(({ name }) => name).join(' and ')}.`}
      </p>
    </Panel>
  )
}
