// The name of something new, and what configuration calls it: that follows from the name, and is asked for only where the name has no letters for it.
import { useState } from 'react'
import { TextInput } from './field.tsx'
import { slugOf } from './slug.ts'

export interface Named {
  name: string
  slug: string
  isKnown: boolean
  /** What was typed as the short name. */
  short: string
  setName: (name: string) => void
  setShort: (short: string) => void
  clear: () => void
}

/** The state of `NameFields`; `known` is there already, and keeps what it is called. */
export function useNamed(known?: { name: string; slug: string }): Named {
  const [name, setName] = useState(known?.name ?? '')
  const [short, setShort] = useState('')
  const clear = () => {
    setName('')
    setShort('')
  }
  return { name, slug: known?.slug ?? (slugOf(name) || short), isKnown: known !== undefined, short, setName, setShort, clear }
}

/** `hint` says where the short name is met, given it. */
export function NameFields({ named, placeholder, hint }: { named: Named; placeholder?: string; hint?: (slug: string) => string }) {
  const { name, short, isKnown } = named
  const asks = !isKnown && name.trim() !== '' && slugOf(name) === ''
  return (
    <>
      <TextInput
        label="Name"
        required
        maxLength={120}
        placeholder={placeholder}
        value={name}
        onChange={(event) => named.setName(event.target.value)}
        {...(hint && named.slug !== '' && !asks && !isKnown ? { hint: hint(named.slug) } : {})}
      />
      {asks && (
        <TextInput
          label="Short name"
          required
          mono
          maxLength={60}
          pattern="[a-z0-9]+(-[a-z0-9]+)*"
          title="Lower-case letters, digits and single hyphens"
          placeholder="payments-gateway"
          value={short}
          onChange={(event) => named.setShort(event.target.value)}
          hint={`Lower-case letters, digits and single hyphens.${hint && short ? ` ${hint(short)}` : ''}`}
        />
      )}
    </>
  )
}
