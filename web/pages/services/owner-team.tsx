// The choice of the team that owns something new: whoever may add it for some teams only has those to choose from, and has to choose.
import type { OperationName } from '../../api/client.ts'
import { useAskAll } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Select } from '../../ui/index.ts'

/** `value` is a team's slug, '' none; `nobody` says what none means. `adds` is the operation that adds it. */
export function OwnerTeam({
  label = 'Team',
  nobody,
  adds,
  value,
  onChange,
}: {
  label?: string
  nobody: string
  adds: OperationName
  value: string
  onChange: (team: string) => void
}) {
  const may = useMay()
  const teams = useAskAll('directory.listTeams', {}).data?.items ?? []
  const everywhere = may(adds, null)
  return (
    <Select
      label={label}
      {...(everywhere ? { optional: true } : { required: true, hint: 'One of the teams for which you may add it.' })}
      placeholder={everywhere ? nobody : 'Choose a team'}
      options={teams.filter(({ id }) => may(adds, id)).map(({ slug, name }) => ({ value: slug, label: name }))}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
