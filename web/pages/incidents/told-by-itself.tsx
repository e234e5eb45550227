// What readers will be told by itself when an incident ends or comes back: said before it is done, to whoever does it.
import { useAsk } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { addressWords, statusWords } from '../updates/update-words.ts'

/** `when`: in which case, where there are others. */
export function ToldByItself({ incident, what, when }: { incident: string; what: 'solved' | 'cancelled' | 'back'; when?: string }) {
  const may = useMay()
  const reads = may('status.toldByItself')
  const { data } = useAsk('status.toldByItself', reads ? { incident } : undefined)
  const said = data?.[what]
  if (!data || !said) return null
  const shown = said.components.map(({ name, status }) => `${name}: ${statusWords[status]}`)
  return (
    <section aria-label="What readers are told" className="border-l-2 border-line2 pl-3 text-ink2">
      <p>
        {when}
        {data.places.length === 0 ? 'The dashboard says at once' : `Readers of ${listed(data.places.map(nameOf))} are told at once`}:{' '}
        <q>{said.text}</q>
      </p>
      {shown.length > 0 && <p>{shown.join(' · ')}</p>}
      {data.places.length > 0 && <p>{addressWords(data.subscribers)}</p>}
      {!may('status.publishUpdate') && <p>It is the organisation’s word, not yours: you need no right to publish for it.</p>}
    </section>
  )
}

const nameOf = ({ name, visibility }: { name: string; visibility: string }) => (visibility === 'public' ? `${name} (public)` : name)
const listed = (names: string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`)
