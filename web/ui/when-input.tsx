// A moment by date and time. The browser's own field knows no zone: it is read in the reader's, like every time that is shown to them, and says so.
import { useState } from 'react'
import { TextInput, type FieldFrame } from './field.tsx'
import { useNow } from './now.ts'
import { useReader } from './reader.tsx'
import { zoneName } from './time-words.ts'
import { instantOfField, wallText } from './wall-time.ts'

/** `value` is an instant, '' for none. What is set from outside after the first time is not shown. */
export function WhenInput({
  value,
  onChange,
  ...rest
}: FieldFrame & { value: string; onChange: (instant: string) => void; required?: boolean }) {
  const { zone } = useReader()
  const now = useNow(60)
  const [given] = useState(value)
  const [text, setText] = useState(value === '' ? '' : wallText(Date.parse(value), zone))
  return (
    <TextInput
      type="datetime-local"
      hint={`${zone}, ${zoneName(value === '' ? now : Date.parse(value), zone)}`}
      {...rest}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        onChange(instantOfField(event.target.value, zone, given))
      }}
    />
  )
}
