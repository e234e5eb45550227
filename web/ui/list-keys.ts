// J/K selection for lists and tables: which row is the current one, which are picked. The same rules for arrows.
import { useEffect, useState } from 'react'
import { useKeys } from './keys.ts'

export interface ListKeysOptions {
  /** Row ids in the order shown. */
  ids: readonly string[]
  /** The current row: give it to let the URL own it, together with `onCurrent`. */
  current?: string
  onCurrent?: (id: string | undefined) => void
  /** Enter on the current row. */
  onOpen?: (id: string) => void
  /** Escape: close the side panel. Default: no current row. */
  onClose?: () => void
  /** More single keys that act on the current row, or on the picked ones: `{ a: (ids) => acknowledge(ids) }`. */
  acts?: Record<string, (ids: readonly string[]) => void>
  off?: boolean
}

export interface ListKeys {
  current: string | undefined
  picked: ReadonlySet<string>
  setCurrent: (id: string | undefined) => void
  togglePicked: (id: string) => void
  clearPicked: () => void
  /** Attributes of a row: marks it for `useListKeys` to scroll to, tells screen readers which one is current. */
  rowProps: (id: string) => { 'data-row': string; 'aria-selected': boolean; onClick: () => void }
}

/** Wires J, K, arrows, X, Enter and Escape to a list. */
export function useListKeys({ ids, current: given, onCurrent, onOpen, onClose, acts = {}, off = false }: ListKeysOptions): ListKeys {
  const [own, setOwn] = useState<string>()
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const current = onCurrent ? given : own
  const setCurrent = onCurrent ?? setOwn
  const move = (by: number) => () => setCurrent(movedRow(ids, current, by))
  const togglePicked = (id: string) =>
    setPicked((before) => {
      const after = new Set(before)
      if (!after.delete(id)) after.add(id)
      return after
    })
  const clearPicked = () => setPicked(new Set())
  const onIds = (act: (ids: readonly string[]) => void) => () => {
    const chosen = chosenRows(ids, picked, current)
    if (chosen.length > 0) act(chosen)
    if (picked.size > 0) clearPicked()
  }
  useKeys(
    {
      ...Object.fromEntries(Object.entries(acts).map(([key, act]) => [key, onIds(act)])),
      j: move(1),
      k: move(-1),
      ArrowDown: move(1),
      ArrowUp: move(-1),
      ...(picked.size > 0
        ? { Escape: clearPicked }
        : current === undefined
          ? {}
          : { Escape: () => (onClose ?? (() => setCurrent(undefined)))() }),
      ...(current === undefined ? {} : { x: () => togglePicked(current) }),
      ...(current === undefined || !onOpen ? {} : { Enter: (event) => (isOnControl(event) ? pressed(event) : onOpen(current)) }),
    },
    { off },
  )
  useEffect(() => {
    if (current !== undefined) document.querySelector(`[data-row="${CSS.escape(current)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const rowProps = (id: string) => ({ 'data-row': id, 'aria-selected': id === current, onClick: () => setCurrent(id) })
  return { current, picked, setCurrent, togglePicked, clearPicked, rowProps }
}

/** The row `by` steps from the current one, held at both ends; without a current row the first, or the last when going up. */
export function movedRow(ids: readonly string[], current: string | undefined, by: number): string | undefined {
  const at = current === undefined ? -1 : ids.indexOf(current)
  if (at === -1) return by > 0 ? ids[0] : ids.at(-1)
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))]
}

/** What an act is about: the rows that are picked and still shown, else the current one. */
export function chosenRows(ids: readonly string[], picked: ReadonlySet<string>, current: string | undefined): readonly string[] {
  const shown = ids.filter((id) => picked.has(id))
  return shown.length > 0 ? shown : current === undefined ? [] : [current]
}

// Enter on a focused link or button means that link or button, not the row.
const isOnControl = (event: KeyboardEvent) => event.target instanceof HTMLElement && event.target.closest('a, button, summary') !== null
const pressed = (event: KeyboardEvent) => (event.target as HTMLElement).click()
