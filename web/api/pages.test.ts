import { afterEach, expect, test, vi } from 'vitest'
import { readToEnd } from './pages.ts'

afterEach(() => vi.unstubAllGlobals())

test('a list is read to its end, page after page, with what was asked of it', async () => {
  const asked: string[] = []
  const pages = [{ items: [{ handle: 'ada' }, { handle: 'ben' }], nextCursor: 'behind ben' }, { items: [{ handle: 'cleo' }] }]
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    return Response.json(pages[asked.length - 1])
  })
  const { items } = await readToEnd('directory.listUsers', { text: 'a' }, new AbortController().signal)
  expect(items.map(({ handle }) => handle)).toEqual(['ada', 'ben', 'cleo'])
  expect(asked).toEqual(['/api/v1/users?text=a&limit=200', '/api/v1/users?text=a&limit=200&cursor=behind+ben'])
})

test('one page that cannot be read fails the whole', async () => {
  const answers = [
    Response.json({ items: [{ handle: 'ada' }], nextCursor: 'behind ada' }),
    Response.json({ status: 503, code: 'unavailable', detail: 'Try again.' }, { status: 503 }),
  ]
  vi.stubGlobal('fetch', async () => answers.shift()!)
  await expect(readToEnd('directory.listUsers', {}, new AbortController().signal)).rejects.toThrow('Try again.')
})
