// What can be done with a shift that was picked: take it, let somebody cover for it, offer it to one person. Its reason stands beside it.
import { useState } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Avatar, Button, cx, ErrorNotice, useNow, useToast } from '../../ui/index.ts'
import { OfferForm } from './offer-form.tsx'
import type { LaneShift } from './schedule-lane.tsx'
import { personRef, spanWords, type Range } from './schedule-words.ts'

/** `me` is the reader's handle; `mayOverride` whether they may change who is on call here. `onCover` opens the override form for it. */
export function ShiftActs({
  schedule,
  shift,
  zone,
  me,
  mayOverride,
  onCover,
  onDone,
  className,
}: {
  schedule: Range['schedule']
  shift: LaneShift
  zone: string
  me: string | undefined
  mayOverride: boolean
  onCover: () => void
  onDone: () => void
  className?: string
}) {
  const now = useNow(60)
  const toast = useToast()
  const take = useDo('oncall.addOverride')
  const remove = useDo('oncall.removeOverride')
  const [offering, setOffering] = useState(false)
  const { person } = shift
  const mine = person.handle === me
  const ahead = shift.final === true && Date.parse(shift.to) > now
  const from = Date.parse(shift.from) > now ? shift.from : new Date(now).toISOString()
  const taken = () => {
    if (me === undefined) return
    take.mutate(
      { schedule: schedule.slug, kind: 'replace', add: me, remove: person.handle, from, to: shift.to },
      {
        onSuccess: ({ id }) => {
          toast({ text: `You are on call in place of ${person.name}.`, undo: () => remove.mutate({ overrideId: id }) })
          onDone()
        },
      },
    )
  }
  const failure = take.error ?? remove.error
  return (
    <div role="group" aria-label="The shift that was picked" className={cx('flex flex-wrap items-center gap-x-4 gap-y-2', className)}>
      <div className="flex min-w-60 flex-1 items-start gap-2.5">
        <Avatar person={personRef(person)} size={28} named={false} />
        <p className="min-w-0" aria-live="polite">
          <strong>{person.name}</strong>
          {mine && <span className="text-ink2"> (you)</span>}, {spanWords(shift, zone, now)}
          {shift.reason && <span className="block text-ink2">Because: {shift.reason}</span>}
          {ahead && !mine && mayOverride && (
            <span className="block text-ink3">
              Taken, you are on call in place of {person.name}
              {Date.parse(shift.from) > now ? '' : ' from now on'}. Nobody is told by it.
            </span>
          )}
          {ahead && mine && <span className="block text-ink3">Offer it to one person: it stays yours until they take it.</span>}
        </p>
      </div>
      {ahead && (
        <div className="flex flex-wrap gap-2">
          {mine ? (
            <Button onClick={() => setOffering(true)}>Offer it to…</Button>
          ) : (
            mayOverride &&
            me !== undefined && (
              <Button sending={take.isPending} onClick={taken}>
                Take this shift
              </Button>
            )
          )}
          {mayOverride && <Button onClick={onCover}>{mine ? 'Somebody covers for me…' : 'Somebody covers…'}</Button>}
          <Button look="quiet" onClick={onDone}>
            Close
          </Button>
        </div>
      )}
      {failure && (
        <div className="w-full">
          <ErrorNotice what={failure.message} safe="Nothing was changed." reference={failure.reference} />
        </div>
      )}
      {offering && (
        <OfferForm
          schedule={schedule}
          span={{ from, to: shift.to }}
          zone={zone}
          me={me}
          onClose={() => setOffering(false)}
          onDone={onDone}
        />
      )}
    </div>
  )
}
