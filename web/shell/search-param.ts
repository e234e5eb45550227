// Filters, tab, selection and zone live in the URL, as plain texts.
import { useNavigate, useSearch } from '@tanstack/react-router'

/** One parameter of the URL and how to set it; setting `undefined` or the default removes it. Setting replaces the history entry unless `push`. */
export function useSearchParam(name: string, byDefault = ''): [string, (value: string | undefined, push?: boolean) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const found = search[name]
  const value = typeof found === 'string' ? found : byDefault
  const set = (next: string | undefined, push = false) =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, [name]: next === byDefault || next === '' ? undefined : next }),
      replace: !push,
    })
  return [value, set]
}
