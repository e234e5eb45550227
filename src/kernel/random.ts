// A small generator with a seed, for what must come out the same again: the sample organisation, scenarios, the machine. Never for secrets.

/** mulberry32: whole numbers below 2^32, always the same ones after the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
}
