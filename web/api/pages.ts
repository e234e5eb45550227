// Lists come in pages: one of them, or all that there are.
import { ask, type Input, type OperationName, type Output } from './client.ts'

/** An operation whose answer is a page of a list. */
export type ListName = { [Name in OperationName]: 'nextCursor' extends keyof Output<Name> ? Name : never }[OperationName]
export type PageOf<Name extends ListName> = { items: Output<Name>['items'][number][]; nextCursor?: string }

/** As much as a page may hold. */
const most = 200

/** The page at a cursor, or the first. Throws ProblemError. */
export async function readPage<Name extends ListName>(
  name: Name,
  input: Input<Name>,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<PageOf<Name>> {
  return (await ask(name, { ...input, ...(cursor === undefined ? {} : { cursor }) }, { signal })) as unknown as PageOf<Name>
}

/** All of a list, page after page. Throws ProblemError. */
export async function readToEnd<Name extends ListName>(
  name: Name,
  input: Input<Name>,
  signal: AbortSignal,
): Promise<Pick<PageOf<Name>, 'items'>> {
  const items: PageOf<Name>['items'] = []
  let cursor: string | undefined
  do {
    const page = await readPage(name, { ...input, limit: most }, cursor, signal)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return { items }
}
