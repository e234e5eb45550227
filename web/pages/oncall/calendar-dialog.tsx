// One's calendar links: made, copied, revoked. A calendar program subscribes to an address and reads it again every hour.
import { useAsk, useDo } from '../../api/hooks.ts'
import { Button, CopyLine, Dialog, ErrorNotice, Skeleton, TimeText } from '../../ui/index.ts'

/** `schedule` is the one whose page this is on; links to other schedules that the reader made are listed too. */
export function CalendarDialog({ schedule, onClose }: { schedule?: { slug: string; name: string }; onClose: () => void }) {
  const links = useAsk('oncall.calendarLinks', {})
  const add = useDo('oncall.addCalendarLink')
  const revoke = useDo('oncall.revokeCalendarLink')
  const items = links.data?.items ?? []
  const subjects = [
    { slug: undefined, title: 'Your shifts, in every schedule' },
    ...[
      ...new Map([...(schedule ? [schedule] : []), ...items.flatMap((link) => link.schedule ?? [])].map((one) => [one.slug, one])).values(),
    ].map((one) => ({ slug: one.slug, title: `Everybody’s shifts in ${one.name}` })),
  ]
  const failure = links.error ?? add.error ?? revoke.error
  return (
    <Dialog
      open
      onClose={onClose}
      title="Calendar links"
      description="Subscribe to an address in any calendar program. Whoever has it can read these shifts and nothing else, until you revoke it."
    >
      {failure && <ErrorNotice what={failure.message} reference={failure.reference} />}
      {!links.data && !links.error && <Skeleton label="Calendar links" rows={2} />}
      {links.data && (
        <ul>
          {subjects.map(({ slug, title }) => {
            const link = items.find((one) => one.schedule?.slug === slug)
            return (
              <li key={slug ?? ''} className="border-t border-line py-3 first:border-t-0 first:pt-0">
                <div className="mb-1 flex min-h-7 items-center gap-2">
                  <h3 className="min-w-0 flex-1 font-semibold">{title}</h3>
                  {link ? (
                    <Button size="small" look="danger" sending={revoke.isPending} onClick={() => revoke.mutate({ linkId: link.id })}>
                      Revoke
                    </Button>
                  ) : (
                    <Button size="small" sending={add.isPending} onClick={() => add.mutate(slug === undefined ? {} : { schedule: slug })}>
                      Make a link
                    </Button>
                  )}
                </div>
                {link ? (
                  <>
                    <CopyLine label={`the address of ${title.toLowerCase()}`} value={link.url} />
                    <p className="mt-1 text-meta text-ink3">
                      Made <TimeText at={link.madeAt} form="absolute" />. Revoked, calendars that read it find nothing.
                    </p>
                  </>
                ) : (
                  <p className="text-ink3">No link.</p>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </Dialog>
  )
}
