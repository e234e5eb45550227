// Offers of shifts that wait for an answer: the reader's to take, the reader's own, and those of others for information.
import type { Output } from '../../api/client.ts'
import { useDo } from '../../api/hooks.ts'
import { Box, Button, durationWords, ErrorNotice, Panel, Row, Rows, useNow } from '../../ui/index.ts'
import { spanWords } from './schedule-words.ts'

type Offer = Output<'oncall.shiftOffers'>['items'][number]

/** What was offered to the reader: a page opens with it. Nothing when nothing was. `me` is the reader's handle; times are told in `zone`. */
export function OfferedToMe({ offers, me, zone }: { offers: readonly Offer[]; me: string | undefined; zone: string }) {
  const toMe = offers.filter((offer) => offer.offeredTo.handle === me)
  if (toMe.length === 0) return null
  return (
    <div className="flex flex-col gap-2 px-4 pb-3">
      {toMe.map((offer) => (
        <OfferToMe key={offer.id} offer={offer} zone={zone} />
      ))}
    </div>
  )
}

/** What waits for others: one's own offers, and those between others for information. */
export function ShiftOffers({ offers, me, zone }: { offers: readonly Offer[]; me: string | undefined; zone: string }) {
  const now = useNow(60)
  const others = offers.filter((offer) => offer.offeredTo.handle !== me)
  if (others.length === 0) return null
  return (
    <Panel title="Offered shifts" note={others.length}>
      <Rows>
        {others.map((offer) => (
          <Row
            key={offer.id}
            note={`${spanWords(offer, zone, now)}. No answer yet, asked ${durationWords(Math.max(0, (now - Date.parse(offer.madeAt)) / 1000))} ago`}
            meta={offer.offeredBy.handle === me ? <Withdraw offer={offer} /> : undefined}
          >
            {offer.offeredBy.handle === me ? 'You offer' : `${offer.offeredBy.name} offers`} {offer.offeredTo.name} a shift of{' '}
            {offer.schedule.name}
          </Row>
        ))}
      </Rows>
    </Panel>
  )
}

function OfferToMe({ offer, zone }: { offer: Offer; zone: string }) {
  const now = useNow(60)
  const accept = useDo('oncall.acceptShift')
  const decline = useDo('oncall.declineShift')
  const failure = accept.error ?? decline.error
  return (
    <Box ground="waiting" label={`${offer.offeredBy.name} offers you a shift`}>
      <p>
        <strong>
          {offer.offeredBy.name} offers you a shift of {offer.schedule.name}
        </strong>
        <span className="block">{spanWords(offer, zone, now)}</span>
        {offer.why !== '' && <span className="block text-ink2">“{offer.why}”</span>}
        <span className="block text-ink2">Take it: you are on call in place of {offer.offeredBy.name}. Unanswered, it stays theirs.</span>
      </p>
      {failure && <ErrorNotice what={failure.message} reference={failure.reference} />}
      <div className="mt-2 flex gap-2">
        <Button sending={accept.isPending} onClick={() => accept.mutate({ offerId: offer.id })}>
          Take it
        </Button>
        <Button look="quiet" sending={decline.isPending} onClick={() => decline.mutate({ offerId: offer.id })}>
          No, leave it
        </Button>
      </div>
    </Box>
  )
}

function Withdraw({ offer }: { offer: Offer }) {
  const withdraw = useDo('oncall.withdrawShift')
  return (
    <Button size="small" look="quiet" sending={withdraw.isPending} onClick={() => withdraw.mutate({ offerId: offer.id })}>
      Withdraw
    </Button>
  )
}
