import { describe, expect, test } from 'vitest'
import { summaryText, type Summarised } from './summary-text.ts'

const page = (severity: string | null, title: string, service = ''): Summarised => ({ severity, title, service })
const many = (count: number) => Array.from({ length: count }, (_, n) => page('error', `Error: no. ${n + 1}`))
const because = 'They come together, because 5 came within a minute.'

describe('a summary', () => {
  test.each([
    [
      'names the one',
      [page('critical', 'Critical: Card payments fail', 'gateway')],
      '1 more page: Critical: Card payments fail (gateway)',
      because,
    ],
    [
      'names both, the worst first',
      [page('warning', 'Warning: Disk full'), page('critical', 'Critical: Payments fail')],
      '2 more pages: Critical: Payments fail and Warning: Disk full',
      because,
    ],
    [
      'lists several, those without a severity last, equals in the order in which they came',
      [page(null, 'Help'), page('error', 'Error: B'), page('info', 'Info: C'), page('error', 'Error: A')],
      '4 more pages: Error: B, Error: A and 2 more',
      `Error: B\nError: A\nInfo: C\nHelp\n${because}`,
    ],
    [
      'counts what it does not list',
      many(12),
      '12 more pages: Error: no. 1, Error: no. 2 and 10 more',
      `${many(8)
        .map(({ title }) => title)
        .join('\n')}\nand 4 more\n${because}`,
    ],
  ])('%s', (_, pages, title, body) => expect(summaryText(pages)).toEqual({ title, body }))

  test('is short enough for a lock screen, however long its titles are', () => {
    const { title, body } = summaryText(many(500).map((one) => page('error', `${one.title} ${'x'.repeat(1000)}`, 'y'.repeat(4000))))
    expect([title.length < 300, body.length < 1300, title.startsWith('500 more pages: Error: no. 1 x')]).toEqual([true, true, true])
  })
})
