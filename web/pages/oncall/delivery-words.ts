// How one delivery is shown: its glyph and its sentence.
import type { Output } from '../../api/client.ts'
import type { GlyphKind } from '../../ui/index.ts'

export type Delivery = Pick<Output<'notifications.mine'>['items'][number], 'channel' | 'label' | 'status' | 'reason'>

const glyphs: Record<Delivery['status'], GlyphKind> = {
  waiting: 'upcoming',
  sending: 'running',
  delivered: 'done',
  failed: 'failed',
  unknown: 'waiting',
  cancelled: 'skipped',
}
const words: Record<Delivery['status'], string> = {
  waiting: 'is due',
  sending: 'is being sent',
  delivered: 'delivered',
  failed: 'failed',
  unknown: 'may have arrived',
  cancelled: 'not sent',
}
const channels: Record<string, string> = { email: 'E-mail', 'web-push': 'Push', web: 'Tocsin, while it is open' }

export const deliveryGlyph = ({ status }: Pick<Delivery, 'status'>): GlyphKind => glyphs[status]

/** "Push failed: the browser has ended its subscription". The address stands there only for its own person. */
export function deliverySentence({ channel, label, status, reason }: Delivery): string {
  const name = channels[channel] ?? channel
  const to = label === '' || channel === 'web' ? '' : ` to ${label}`
  // The record's reason may begin with the outcome itself.
  const why = reason.replace(/^(not sent: |(e-mail|push|this page) delivered(, )?)/, '')
  return `${name}${to} ${words[status]}${why === '' ? '' : `: ${why}`}`
}
