// The choice of a service in the bar of a list.
import { useAskAll } from '../../api/hooks.ts'
import { Select } from '../../ui/index.ts'

/** `value` is a service's slug; '' is any. */
export function ServiceFilter({ value, onChange }: { value: string; onChange: (service: string) => void }) {
  const services = useAskAll('directory.listServices', {}).data?.items ?? []
  const options = services.map(({ slug, name }) => ({ value: slug, label: name }))
  // What is filtered by is said also before the services have come, and of one that has gone.
  const chosen = value === '' || services.some(({ slug }) => slug === value) ? [] : [{ value, label: value }]
  return (
    <Select
      label="Service"
      labelHidden
      placeholder="Any service"
      className="w-36"
      options={[...chosen, ...options]}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
