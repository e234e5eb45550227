// Choosing a person: everybody who is not disabled, the reader first.
import { useAskAll } from '../../api/hooks.ts'
import { useSession } from '../../session.ts'
import { Select } from '../../ui/index.ts'

/** `value` is a person's id; '' is nobody, which `nobody` names: null where it has to be somebody. */
export function PersonField({
  label = 'Who',
  value,
  onChange,
  without = [],
  nobody = 'Choose a person',
  optional,
}: {
  label?: string
  value: string
  onChange: (id: string) => void
  without?: readonly string[]
  nobody?: string | null
  optional?: boolean
}) {
  const users = useAskAll('directory.listUsers', {})
  const me = useSession()?.user.id
  const people = (users.data?.items ?? [])
    .filter(({ id }) => !without.includes(id))
    .sort((a, b) => Number(b.id === me) - Number(a.id === me))
  const options = people.map(({ id, name }) => ({ value: id as string, label: id === me ? `${name} (you)` : name }))
  return (
    <Select
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      options={options}
      {...(nobody === null ? {} : { placeholder: nobody })}
      {...(optional ? { optional } : {})}
    />
  )
}
