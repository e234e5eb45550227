import { readFileSync } from 'node:fs'
import { Parser } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { escapeHtml, escapeXml, isAllowedLink, plainText, renderMarkdown } from './markdown.ts'

type Attack = { id: string; input: { text: string; where: string }; expect: { keep?: string[] } }
const attacks = JSON.parse(readFileSync(new URL('./fixtures/xss.json', import.meta.url), 'utf8')) as Attack[]

type Element = { name: string; attributes: Record<string, string> }
/** What a parser sees: its elements, and the text that a reader reads. */
function read(markup: string, xmlMode = false): { elements: Element[]; text: string; other: string[] } {
  const seen = { elements: [] as Element[], text: '', other: [] as string[] }
  const parser = new Parser(
    {
      onopentag: (name, attributes) => seen.elements.push({ name, attributes }),
      ontext: (text) => (seen.text += text),
      oncomment: (data) => seen.other.push(data),
      onprocessinginstruction: (name) => seen.other.push(name),
      oncdatastart: () => seen.other.push('CDATA'),
    },
    { xmlMode, decodeEntities: true },
  )
  parser.end(markup)
  return seen
}

const harmless = new Set('p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td'.split(' '))
function expectInert(html: string): ReturnType<typeof read> {
  const seen = read(html)
  expect(seen.other).toEqual([])
  for (const { name, attributes } of seen.elements) {
    expect(harmless).toContain(name)
    for (const [attribute, value] of Object.entries(attributes)) {
      expect(['href', 'rel', 'title', 'class', 'start']).toContain(attribute)
      if (attribute === 'href') expect(['https:', 'http:', 'mailto:', 'tel:']).toContain(new URL(value).protocol)
    }
    if (name === 'a') expect(attributes['rel']).toBe('noopener noreferrer nofollow')
  }
  return seen
}

describe('script injection', () => {
  it.each(attacks)('$id is inert as Markdown', ({ input, expect: expected }) => {
    const { text } = expectInert(renderMarkdown(input.text))
    if (input.where === 'markdown') for (const kept of expected.keep ?? []) expect(text).toContain(kept)
  })
  it.each(attacks)('$id is plain text once escaped, for HTML and for XML', ({ input, expect: expected }) => {
    for (const [markup, isXml] of [
      [escapeHtml(input.text), false],
      [`<a b="${escapeHtml(input.text)}"></a>`, false],
      [escapeXml(input.text), true],
    ] as const) {
      const seen = read(markup, isXml)
      const shown = seen.elements[0]?.attributes['b'] ?? seen.text
      expect(seen.elements.map(({ name, attributes }) => [name, Object.keys(attributes)])).toEqual(
        seen.elements.length > 0 ? [['a', ['b']]] : [],
      )
      expect(seen.other).toEqual([])
      expect(shown).toBe(input.text)
      for (const kept of expected.keep ?? []) if (input.where !== 'markdown') expect(shown).toContain(kept)
    }
  })
  it.each([
    '[a](JaVaScRiPt:x)',
    '[a](java\nscript:x)',
    '[a](\tjavascript:x)',
    '[a](&#x6A;avascript&colon;x)',
    '[a](vbscript:x)',
    '[a](//evil.test/x)',
    '[a](/\\evil.test)',
    '[a](\\\\evil.test)',
    '![a](https://evil.test/x.png)',
    '[![a](https://evil.test/x.png)](https://ok.test)',
    '[![a](javascript:x)](https://ok.test)',
    '<javascript:alert(1)>',
    '[a](https://ok.test "x\\" onclick=\\"y")',
    '``` "><script>x\n```',
    '```x onload=y\ncode\n```',
    '<!-- --><script>x</script>',
    '<![CDATA[<script>x</script>]]>',
    '<?php x ?>',
    '&lt;script&gt;x&lt;/script&gt;',
    '|a|\n|:-:|\n|<img src=x onerror=y>|',
    '# <h1 id=x>',
    '[a]: javascript:x\n[a]',
    'javascript:x',
    'data:text/html,<script>x</script>',
    '<a@b.test onclick=x>',
    '[a](file:///etc/passwd)',
    '[a](tel:+1"onclick="x)',
    '<details open ontoggle=x>',
    '\u0000<script>x</script>',
  ])('%j is inert', (source) => expect(expectInert(renderMarkdown(source)).text).not.toBe(''))
})

describe('Markdown', () => {
  it('keeps its format and its links', () => {
    expect(renderMarkdown('**bold** `code` [ok](https://ok.test/a?b=1&c=2)').trim()).toBe(
      '<p><strong>bold</strong> <code>code</code> <a href="https://ok.test/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">ok</a></p>',
    )
    const { elements } = read(renderMarkdown('# t\n\n3. a\n4. b\n\n> q\n\n|x|y|\n|-|-:|\n|1|2|\n\n```yaml\na: 1\n```\n\n~~no~~'))
    expect(elements.map(({ name }) => name)).toEqual('h1 ol li li blockquote p table thead tr th th tbody tr td td pre code p s'.split(' '))
    expect(elements.find(({ name }) => name === 'ol')?.attributes).toEqual({ start: '3' })
    expect(elements.find(({ name }) => name === 'code')?.attributes).toEqual({ class: 'language-yaml' })
  })
  it('shows raw HTML as the text that it is, once escaped', () => {
    expect(read(renderMarkdown('kubectl logs <pod-name> && echo "5 < 6"')).text.trim()).toBe('kubectl logs <pod-name> && echo "5 < 6"')
    expect(read(renderMarkdown('`<b>` &amp; &lt;b&gt;')).text.trim()).toBe('<b> & <b>')
  })
  it('links addresses that are written out, and no file or host names', () => {
    expect(
      read(renderMarkdown('see https://ok.test/x, ana@ok.test, main.rs and www.ok.test')).elements.flatMap(
        ({ attributes }) => attributes['href'] ?? [],
      ),
    ).toEqual(['https://ok.test/x', 'mailto:ana@ok.test'])
  })
  it('shows an image as a link to it', () => {
    expect(read(renderMarkdown('![graph](https://ok.test/g.png)'))).toMatchObject({
      elements: [{ name: 'p' }, { name: 'a', attributes: { href: 'https://ok.test/g.png' } }],
      text: expect.stringContaining('graph'),
    })
  })
  it('keeps all scripts, and drops what reorders the text around it', () => {
    const text = 'שלום – مرحبا – 你好 💥'
    expect(read(renderMarkdown(text)).text.trim()).toBe(text)
    expect(plainText('invoice\u202egpj.exe \u2066x\u2069')).toBe('invoicegpj.exe x')
  })
  it('of 64 kB of any mark is rendered within a second', () => {
    for (const mark of [
      '[',
      '![',
      '*',
      '_',
      '`',
      '<',
      '> ',
      '- ',
      '#',
      '|',
      '[a](',
      '**a ',
      '&',
      '~~a',
      '\\',
      '[a]: ',
      'a@',
      'https://',
      '<a ',
      '*a_ ',
      '|a|\n|-|\n',
    ]) {
      // Processor time, not the clock's: what else the machine does is no fault of ours.
      const began = process.cpuUsage()
      const html = renderMarkdown(mark.repeat(65_536 / mark.length))
      expect(process.cpuUsage(began).user / 1000, mark).toBeLessThan(1000)
      expectInert(html)
    }
  })
})

describe('plain text', () => {
  it.each([
    [
      'links with their address',
      'see [the page](https://ok.test/x) or <https://ok.test>',
      'see the page (https://ok.test/x) or https://ok.test',
    ],
    ['lists and breaks', '# Title\n\nfirst\nsecond\n\n- a\n- b\n  1. c\n\nend', 'Title\n\nfirst\nsecond\n\n- a\n- b\n  1. c\n\nend'],
    ['code and angle brackets', '**run** `kubectl <x>`\n\n```\na < b\n```', 'run kubectl <x>\n\na < b'],
    ['tables', '|a|b|\n|-|-|\n|1|2|', 'a | b\n1 | 2'],
    ['images by their description', '![graph](https://ok.test/g.png)', 'graph'],
  ])('has %s', (_, source, text) => expect(plainText(source)).toBe(text))
})

describe('XML', () => {
  it('stays well formed, whatever the text holds', () => {
    expect(escapeXml('a\u0000\u0008\u000b\u001f\u007f\u0085b\ud800c\udc00d\ufffe\uffffe 💥 ]]> <x y="z">')).toBe(
      'abcde 💥 ]]&gt; &lt;x y=&quot;z&quot;&gt;',
    )
    expect(escapeXml('a\tb\nc\rd')).toBe('a\tb\nc\rd')
  })
})

describe('a link', () => {
  it.each(['https://ok.test', 'HTTP://ok.test/x?y', 'mailto:a@ok.test', 'tel:+491234'])('%s is allowed', (href) =>
    expect(isAllowedLink(href)).toBe(true),
  )
  it.each([
    'javascript:x',
    'java\tscript:x',
    'https:',
    'http://[',
    '//ok.test',
    '/x',
    'x',
    '',
    'data:,x',
    ' https://ok.test',
    'https://ok.test/a b',
    'blob:https://ok.test/1',
  ])('%j is not', (href) => expect(isAllowedLink(href)).toBe(false))
})
