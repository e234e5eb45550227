// Keys. One listener for all: the newest map that knows a stroke wins, and the second stroke of a sequence (`g a`) never reaches a single
// key (`a` acknowledges). Single keys rest while somebody types and while a dialog is open; chords with Ctrl or Cmd always work.
import { useEffect, useRef } from 'react'
import { useReader } from './reader.tsx'

/** What a key does. Written as `a`, `Shift+D`, `Ctrl+K` (Cmd on a Mac), `?`, `Escape`, `Enter`, or two strokes within a second: `g i`. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>

export interface KeyOptions {
  /** Stop listening without unmounting. */
  off?: boolean
  /** Single keys also work in fields: Escape of a composer. */
  whileTyping?: boolean
  /** They also work while a dialog is open: for the dialog itself. */
  inDialog?: boolean
}

/** Listens to keys while mounted. */
export function useKeys(keys: KeyMap, { off = false, whileTyping = false, inDialog = false }: KeyOptions = {}): void {
  const { singleKeys } = useReader()
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    if (off) return
    const entry: Listening = { keys: () => latest.current, whileTyping, inDialog, singleKeys }
    listening.push(entry)
    if (listening.length === 1) window.addEventListener('keydown', onKey)
    return () => {
      listening.splice(listening.indexOf(entry), 1)
      if (listening.length === 0) window.removeEventListener('keydown', onKey)
    }
  }, [off, whileTyping, inDialog, singleKeys])
}

/** The name of a pressed key as `KeyMap` writes it. Shift counts with letters and named keys only: `?` is `?` on every layout. */
export function strokeOf(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const single = event.key.length === 1
  const cased = single && event.key.toLowerCase() !== event.key.toUpperCase()
  const chord = event.ctrlKey || event.metaKey
  const name = cased ? (event.shiftKey || chord ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key
  const shift = event.shiftKey && (cased || !single) ? 'Shift+' : ''
  return `${chord ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${name}`
}

/** Does this event come from somewhere that takes text? */
function isTyping(event: Event): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

interface Listening {
  keys: () => KeyMap
  whileTyping: boolean
  inDialog: boolean
  singleKeys: boolean
}

const moving = new Set(['j', 'k', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'])
const listening: Listening[] = []
let first: { stroke: string; at: number } | undefined

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return
  const stroke = strokeOf(event)
  // A key that is held moves on and on; it acts once.
  if (event.repeat && !moving.has(stroke)) return
  const chord = event.ctrlKey || event.metaKey
  const typing = isTyping(event)
  const inDialog = document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [data-keys-rest]') !== null
  const awake = listening
    .filter((one) => chord || ((one.whileTyping || !typing) && (one.inDialog || !inDialog) && (one.singleKeys || event.key.length > 1)))
    .map((one) => one.keys())
    .reverse()
  const begun = first && event.timeStamp - first.at < 1000 ? first.stroke : undefined
  first = undefined
  const wanted = begun === undefined ? stroke : `${begun} ${stroke}`
  const act = awake.find((keys) => keys[wanted])?.[wanted]
  if (act) {
    event.preventDefault()
    act(event)
  } else if (begun === undefined && awake.some((keys) => Object.keys(keys).some((name) => name.startsWith(`${stroke} `)))) {
    first = { stroke, at: event.timeStamp }
  }
}
