// Mutations of what a body says: types swapped, keys doubled, numbers, texts and times that no sender means. The result is text, valid JSON or not.
import type { Chance } from './chance.ts'

const mostBytes = 5 * 1024 * 1024

type Place = { holder: Record<string | number, unknown>; name: string | number }

/** The value as JSON, with one to three of its places changed. `value` itself stays as it is. */
export function reshaped(value: unknown, chance: Chance): string {
  const root = { body: structuredClone(value) }
  const raw: string[] = []
  for (let left = 1 + chance.below(3); left > 0; left--) {
    const places = placesIn(root)
    if (places.length === 0) break
    chance.pick(changes)(chance.pick(places), chance, (text) => `\u0001${raw.push(text) - 1}\u0001`)
  }
  const text = JSON.stringify(root.body) ?? 'null'
  let left = mostBytes
  return text.replace(/"\\u0001(\d+)\\u0001"/g, (_, index: string) => {
    const put = raw[Number(index)]!
    left -= put.length
    return left > 0 ? put : '1'
  })
}

function placesIn(root: object): Place[] {
  const places: Place[] = []
  const walk = (holder: Record<string | number, unknown>) => {
    for (const name of Object.keys(holder)) {
      places.push({ holder, name })
      const inner = holder[name]
      if (typeof inner === 'object' && inner !== null) walk(inner as Record<string, unknown>)
    }
  }
  walk(root as Record<string, unknown>)
  return places
}

const otherTypes = [null, true, false, 0, -1, 0.1, '', ' ', 'x', [], {}, [[]], [null], { '': '' }, { a: { b: [1, 2, { c: null }] } }]
const numbers = ['1e999', '-1e999', '-0', '1e-400', '123456789012345678901234567890', '9007199254740993', '2147483648', '0.1e1', '01', '+1']
const texts = [
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u202e\\ufeff"',
  '"\\x00"',
  '"<img src=x onerror=alert(1)>"',
  '"{{ 1 }}"',
]
const keys = [
  '"__proto__"',
  '"constructor"',
  '"\\u005f_proto__"',
  '"prototype"',
  '"\\u0000"',
  '"a\\u0000"',
  '"\\ud800"',
  '""',
  '"toString"',
  '"\\ufffd"',
]
const times = [
  '+275760-09-13T00:00:00Z',
  '+275760-09-12T23:59:59.999Z',
  '-000001-01-01T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '2026-02-30T00:00:00Z',
  '1969-12-31',
  '12',
  'now',
]

const changes: ((place: Place, chance: Chance, raw: (text: string) => string) => void)[] = [
  ({ holder, name }, chance) => void (holder[name] = structuredClone(chance.pick(otherTypes))),
  ({ holder, name }, chance, raw) => void (holder[name] = raw(chance.pick(numbers))),
  ({ holder, name }, chance, raw) => void (holder[name] = raw(chance.pick(texts))),
  ({ holder, name }, chance) => void (holder[name] = chance.pick(times)),
  // Whatever is called like a time, so that times are met as often as everything else.
  ({ holder, name }, chance) => {
    const called = Object.keys(holder).filter((key) => /at$|time/i.test(key))
    holder[called.length > 0 ? chance.pick(called) : name] = chance.pick(times)
  },
  ({ holder, name }) => void (Array.isArray(holder) ? holder.splice(Number(name), 1) : delete holder[name]),
  ({ holder, name }, chance, raw) => {
    const levels = chance.pick([10, 60, 63, 64, 65, 1000, 100_000])
    const [open, close] = chance.pick([['[', ']'] as const, ['{"a":', '}'] as const])
    holder[name] = raw(`${open.repeat(levels)}1${close.repeat(levels)}`)
  },
  ({ holder, name }, chance) =>
    void (holder[name] = chance.pick(['x', 'é', '😀', '\n']).repeat(chance.pick([255, 256, 1024, 1025, 5000, 140_000]))),
  ({ holder, name }, chance) => {
    const many = chance.pick([60, 201, 3000])
    holder[name] = Object.fromEntries(Array.from({ length: many }, (_, index) => [`label${index}`, `${index}`]))
  },
  ({ holder, name }, chance) => {
    const times = chance.pick([2, 100, 1000])
    const text = JSON.stringify(holder[name])
    if (text.length * times < mostBytes) holder[name] = Array.from({ length: times }, () => JSON.parse(text) as unknown)
  },
  // A key twice, or one that means something to the language.
  ({ holder, name }, chance, raw) => {
    const value = JSON.stringify(holder[name])?.slice(0, 2000) ?? '1'
    const inner = /\\u0001/.test(value) ? '1' : value
    const key = chance.oneIn(3) ? '"a"' : chance.pick(keys)
    holder[name] = raw(`{${key}:${inner},${chance.oneIn(2) ? key : '"b"'}:"x"}`)
  },
  // The same beside its neighbours, in objects of texts: names of labels.
  ({ holder, name }, chance, raw) => {
    const key = chance.pick(keys)
    holder[name] = raw(`{"alertname":"odd",${key}:"x",${key}:"y"}`)
  },
]
