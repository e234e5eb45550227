// The box that finds in a list. What is typed stands in it at once; whoever keeps it may be the address, which follows a moment later.
import { useRef, useState, type InputHTMLAttributes } from 'react'
import { TextInput, type FieldFrame } from './field.tsx'
import { useKeys } from './keys.ts'

/** `/` goes to it. While somebody types, what `value` becomes meanwhile does not move their caret. */
export function FindInput({
  label = 'Find',
  labelHidden = true,
  placeholder = 'Find…',
  className = 'w-44',
  value,
  onFind,
  ...rest
}: Partial<FieldFrame> &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> & { value: string; onFind: (text: string) => void; mono?: boolean }) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string>()
  useKeys({ '/': () => field.current?.focus() })
  return (
    <TextInput
      {...{ label, labelHidden, placeholder, className, ...rest }}
      ref={field}
      value={typed ?? value}
      onFocus={() => setTyped(value)}
      onBlur={() => setTyped(undefined)}
      onChange={(event) => {
        setTyped(event.target.value)
        onFind(event.target.value)
      }}
    />
  )
}
