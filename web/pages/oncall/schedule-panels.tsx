// Beside a schedule's grid: its hand-overs in words, and its overrides with a way back.
import { useDo } from '../../api/hooks.ts'
import { absoluteTime, Button, ErrorNotice, Panel, Row, Rows, useNow } from '../../ui/index.ts'
import { handoversIn } from './handovers.ts'
import type { Period } from './period.ts'
import { named, spanWords, type Range } from './schedule-words.ts'

/** Those of the period that are still to come; all of them when it is over. */
export function Handovers({ range, period, zone }: { range: Range; period: Period; zone: string }) {
  const now = useNow(60)
  const all = handoversIn(range.final, period.fromMs, period.toMs)
  const ahead = period.toMs > now ? all.filter(({ at }) => Date.parse(at) > now) : all
  return (
    <Panel title="Hand-overs" note={period.toMs > now ? `to come, ${period.words}` : period.words} className="border-t">
      {ahead.length === 0 && <p className="text-ink2">None.</p>}
      <Rows>
        {ahead.slice(0, 6).map(({ at, off, on }) => (
          <Row key={at} note={absoluteTime(Date.parse(at), { zone, nowMs: now })}>
            {off.length === 0 ? (
              <>
                <span className="font-medium">{named(on)}</span> {on.length === 1 ? 'comes on' : 'come on'}
              </>
            ) : (
              <>
                {named(off)} {off.length === 1 ? 'hands' : 'hand'} over to{' '}
                <span className={on.length === 0 ? 'font-medium text-red' : 'font-medium'}>{named(on)}</span>
              </>
            )}
          </Row>
        ))}
      </Rows>
      {ahead.length > 6 && <p className="text-meta text-ink3">{ahead.length - 6} more in the grid.</p>}
    </Panel>
  )
}

export function Overrides({ items, zone, mayRemove }: { items: Range['overrides']; zone: string; mayRemove: boolean }) {
  const now = useNow(60)
  const remove = useDo('oncall.removeOverride')
  return (
    <Panel title="Overrides" className="border-t">
      {remove.error && <ErrorNotice what={remove.error.message} reference={remove.error.reference} />}
      <Rows>
        {items.map((one) => (
          <Row
            key={one.id}
            note={`${spanWords(one, zone, now)}, by ${one.by.name}${one.why ? `: ${one.why}` : ''}`}
            meta={
              mayRemove && Date.parse(one.to) > now ? (
                <Button size="small" look="quiet" sending={remove.isPending} onClick={() => remove.mutate({ overrideId: one.id })}>
                  Remove
                </Button>
              ) : undefined
            }
          >
            {one.add ? one.add.name : 'Without'}{' '}
            {one.remove ? (
              <span className="text-ink2">
                {one.add ? 'in place of' : ''} {one.remove.name}
              </span>
            ) : null}
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}
