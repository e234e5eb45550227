// Data for pages: `useAsk` reads, `useDo` changes; whatever changed anywhere is read again through the live stream.
import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type MutateOptions,
} from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { nowMs } from '../ui/now.ts'
import { ask, ProblemError, type Input, type OperationName, type Output } from './client.ts'
import { readPage, readToEnd, type ListName, type PageOf } from './pages.ts'
import { refresher } from './refresh.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => !(error instanceof ProblemError && error.status >= 400 && error.status < 500) && count < 2,
      placeholderData: keepPreviousData,
    },
  },
})

/** Reads an operation; `undefined` as input waits. */
export function useAsk<Name extends OperationName>(name: Name, input: Input<Name> | undefined, options: { refetchSeconds?: number } = {}) {
  return useQuery<Output<Name>, ProblemError>({
    queryKey: [name, input],
    enabled: input !== undefined,
    queryFn: ({ signal }) => ask(name, input as Input<Name>, { signal }),
    ...(options.refetchSeconds ? { refetchInterval: options.refetchSeconds * 1000 } : {}),
  })
}

/**
 * Reads a list from its beginning, and as much of what follows as was wanted by `more` (undefined once nothing follows). All that is
 * shown is read again together, so that a row is never in two places.
 */
export function useAskPages<Name extends ListName>(name: Name, input: Input<Name>, options: { refetchSeconds?: number } = {}) {
  const query = useInfiniteQuery({
    queryKey: [name, 'pages', input],
    queryFn: ({ signal, pageParam }) => readPage(name, input, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...(options.refetchSeconds ? { refetchInterval: options.refetchSeconds * 1000 } : {}),
  })
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    error: query.error as ProblemError | null,
    refetch: query.refetch,
    more: query.hasNextPage ? { sending: query.isFetchingNextPage, onMore: () => void query.fetchNextPage() } : undefined,
  }
}

/** Reads a list to its end: for a choice in which nobody may be missing. `undefined` as input waits. */
export function useAskAll<Name extends ListName>(name: Name, input: Input<Name> | undefined) {
  return useQuery<{ items: PageOf<Name>['items'] }, ProblemError>({
    queryKey: [name, 'all', input],
    enabled: input !== undefined,
    queryFn: ({ signal }) => readToEnd(name, input as Input<Name>, signal),
  })
}

/**
 * Does an operation; everything on the page is read again when it is done. The same once more, before the first has its answer, is not sent: whoever
 * pressed twice did one thing, and what follows it would follow the second, which is refused. `onDone` comes also when the page has been left meanwhile.
 */
export function useDo<Name extends OperationName>(name: Name, onDone?: () => void) {
  const client = useQueryClient()
  const sent = useRef(new Set<string>())
  const mutation = useMutation<Output<Name>, ProblemError, Input<Name>>({
    mutationFn: (input) => ask(name, input),
    onSuccess: () => {
      onDone?.()
      return client.invalidateQueries()
    },
    onSettled: (_data, _error, input) => void sent.current.delete(JSON.stringify(input)),
  })
  const { mutate } = mutation
  const once = useCallback(
    (input: Input<Name>, options?: MutateOptions<Output<Name>, ProblemError, Input<Name>>) => {
      const key = JSON.stringify(input)
      if (sent.current.has(key)) return
      sent.current.add(key)
      ;(mutate as (input: Input<Name>, options?: MutateOptions<Output<Name>, ProblemError, Input<Name>>) => void)(input, options)
    },
    [mutate],
  )
  return { ...mutation, mutate: once }
}

export type LiveState = { state: 'live' } | { state: 'lost'; since: Date }

/** Keeps the page current: one stream, at most three refreshes a second. Says since when it is lost. */
export function useLive(enabled: boolean): LiveState {
  const client = useQueryClient()
  const [live, setLive] = useState<LiveState>({ state: 'live' })
  useEffect(() => {
    if (!enabled) return
    const refresh = refresher(client)
    const source = new EventSource('/api/v1/live')
    source.addEventListener('hello', () => {
      setLive({ state: 'live' })
      refresh.changed()
    })
    source.addEventListener('changed', refresh.changed)
    source.addEventListener('error', () =>
      setLive((before) => (before.state === 'lost' ? before : { state: 'lost', since: new Date(nowMs()) })),
    )
    return () => {
      source.close()
      refresh.close()
    }
  }, [client, enabled])
  return live
}
