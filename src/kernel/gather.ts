// What several ask or write at the same moment in one transaction goes to the database in one statement: a hundred pages that begin together read their
// hundred policies at once, and each of them is written as if it were alone.

/** When nothing can go on any more without an answer. */
const whenAllIsAsked = (then: () => void): void => void Promise.resolve().then(() => process.nextTick(then))

/** Ends when everything that was given to store functions until now has been asked. */
export const allIsAsked = (): Promise<void> => new Promise(whenAllIsAsked)

/**
 * A store function for one, made from one for many: `run` is given all that was asked of the same scope at the same moment, and answers in that order.
 * When it fails, each of them fails.
 */
export function gather<Inside extends object, One, Answer>(
  run: (inside: Inside, all: readonly One[]) => Promise<readonly Answer[]>,
): (inside: Inside, one: One) => Promise<Answer> {
  type Waiting = { one: One; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  const lines = new WeakMap<Inside, Waiting[]>()

  async function ask(inside: Inside): Promise<void> {
    const line = lines.get(inside)!
    lines.delete(inside)
    try {
      const answers = await run(
        inside,
        line.map(({ one }) => one),
      )
      for (const [n, { resolve }] of line.entries()) resolve(answers[n]!)
    } catch (error) {
      for (const { reject } of line) reject(error)
    }
  }

  return (inside, one) =>
    new Promise((resolve, reject) => {
      const line = lines.get(inside)
      if (line) return void line.push({ one, resolve, reject })
      lines.set(inside, [{ one, resolve, reject }])
      whenAllIsAsked(() => void ask(inside))
    })
}

/** The same for rows that are found by one of their keys. */
export const gatherByKey = <Inside extends object, Row>(
  find: (inside: Inside, keys: string[]) => Promise<readonly Row[]>,
  ...keysOf: ((row: Row) => string)[]
): ((inside: Inside, key: string) => Promise<Row | undefined>) =>
  gather(async (inside, keys) => {
    const rows = await find(inside, [...new Set(keys)])
    const found = keysOf.map((keyOf) => new Map(rows.map((row) => [keyOf(row), row])))
    return keys.map((key) => found.map((byKey) => byKey.get(key)).find((row) => row !== undefined))
  })

/** And for all rows that have one of several keys: each who asks gets its own, in the order in which they were found. */
export const gatherRows = <Inside extends object, Row>(
  find: (inside: Inside, keys: string[]) => Promise<readonly Row[]>,
  ...keysOf: ((row: Row) => string)[]
): ((inside: Inside, keys: readonly string[]) => Promise<Row[]>) =>
  gather(async (inside, asked) => {
    const all = [...new Set(asked.flat())]
    const rows = all.length === 0 ? [] : await find(inside, all)
    return asked.map((keys) => {
      const wanted = new Set(keys)
      return rows.filter((row) => keysOf.some((keyOf) => wanted.has(keyOf(row))))
    })
  })

/** That an earlier statement failed: what is behind it in its transaction fails with this. */
const isAftermath = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '25P02'

/** Waits for all of them also when one fails, then throws what failed first: in a transaction nothing may go on once it is rolled back. */
export async function allOfThem<const Works extends readonly unknown[]>(
  works: Works,
): Promise<{ -readonly [Nth in keyof Works]: Awaited<Works[Nth]> }> {
  const failures: unknown[] = []
  const ended = await Promise.all(
    works.map((work) =>
      Promise.resolve(work).catch((error: unknown) => {
        failures.push(error)
        return undefined
      }),
    ),
  )
  if (failures.length > 0) throw failures.find((error) => !isAftermath(error)) ?? failures[0]
  return ended as { -readonly [Nth in keyof Works]: Awaited<Works[Nth]> }
}

/** Those of one turn one after the other, in order, and the turns beside each other. */
export async function inTurns<One>(all: readonly One[], turnOf: (one: One) => string, work: (one: One) => Promise<void>): Promise<void> {
  let failed = false
  await allOfThem(
    [...Map.groupBy(all, turnOf).values()].map(async (turn) => {
      for (const one of turn) {
        if (failed) return
        await work(one).catch((error: unknown) => {
          failed = true
          throw error
        })
      }
    }),
  )
}
