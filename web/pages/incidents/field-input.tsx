// The input for one of the process's own fields, by its type.
import { Select, TextArea, TextInput } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'

export function FieldInput({
  field,
  value,
  onChange,
}: {
  field: Screen['fields'][number]
  value: string
  onChange: (value: string) => void
}) {
  const frame = { label: field.name, ...(field.hint ? { hint: field.hint } : {}) }
  if (field.type === 'long-text')
    return <TextArea {...frame} rows={2} maxLength={8000} value={value} onChange={(event) => onChange(event.target.value)} />
  if (field.type === 'text')
    return <TextInput {...frame} maxLength={8000} value={value} onChange={(event) => onChange(event.target.value)} />
  const options = field.type === 'yes-no' ? ['yes', 'no'] : field.options
  return (
    <Select
      {...frame}
      placeholder="Choose"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      options={options.map((option) => ({ value: option, label: option }))}
    />
  )
}
