// Text that strangers and colleagues wrote, made safe for the place where it lands: escaped once, last. Markdown has no raw HTML (a
// `<pod-name>` is shown), links by allow-list, and loads nothing from anywhere.
import MarkdownIt, { type Token } from 'markdown-it'
import sanitizeHtml from 'sanitize-html'

const linkSchemes = ['https', 'http', 'mailto', 'tel']

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: true, maxNesting: 40 })
// Host names and file names in alerts ("node.rs", "app.py") are not links; only what is written as one is.
markdown.linkify.set({ fuzzyLink: false, fuzzyIP: false })
markdown.validateLink = (url) => isAllowedLink(url)
// Nothing is loaded from elsewhere: an image is a link to it, or inside a link its description.
markdown.renderer.rules['image'] = (tokens, index, options, environment, renderer) => {
  const image = tokens[index] as Token
  const label = escapeHtml(renderer.renderInlineAsText(image.children ?? [], options, environment) || 'image')
  const opened = tokens.slice(0, index).reduce((open, { type }) => open + (type === 'link_open' ? 1 : type === 'link_close' ? -1 : 0), 0)
  const source = String(image.attrGet('src') ?? '')
  return opened > 0 || !isAllowedLink(source) ? label : `<a href="${escapeHtml(source)}">${label}</a>`
}

const allowed: sanitizeHtml.IOptions = {
  allowedTags: 'p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td'.split(' '),
  allowedAttributes: { a: ['href', 'rel', 'title'], code: ['class'], ol: ['start'] },
  allowedClasses: { code: [/^language-[a-z0-9+#_-]{1,30}$/] },
  allowedSchemes: linkSchemes,
  allowProtocolRelative: false,
  disallowedTagsMode: 'escape',
  parseStyleAttributes: false,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
}

/**
 * HTML for a page or a mail: paragraphs, headings, lists, tables, code and links with `rel`; no style, no image, no identifier. Raw HTML in
 * `source` comes out as text. Two walls: the renderer makes nothing else, and the sanitiser lets nothing else through.
 */
export function renderMarkdown(source: string): string {
  return sanitizeHtml(markdown.render(withoutControls(source)), allowed)
}

/** The same text without its marks, for SMS, push, mail subjects and text mails: a link as "label (address)", list items with "- ". Not escaped. */
export function plainText(source: string): string {
  const lines = markdown.parse(withoutControls(source), {}).map((token, index, tokens) => blockText(token, tokens[index - 1]))
  return lines
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** For text and quoted attributes of HTML. Drops control characters, and those that reorder or hide the text around them. */
export const escapeHtml = (text: string): string => withoutControls(text).replace(/[&<>"']/g, (character) => entities[character] as string)

/** For text and quoted attributes of XML 1.0: also drops what no XML document may hold (lone surrogates, U+FFFE, U+FFFF), so that it stays well formed. */
export const escapeXml = (text: string): string => escapeHtml(text).replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/**
 * Whether a link may be shown as one: an absolute address with an allowed scheme. Relative ones are not, for the same text is also read in
 * mails and feeds, where they would lead elsewhere.
 */
export function isAllowedLink(href: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(href)?.[1]?.toLowerCase()
  return (
    scheme !== undefined &&
    linkSchemes.includes(scheme) &&
    !/[\s\p{Cc}]/u.test(href) &&
    (scheme === 'mailto' || scheme === 'tel' || URL.canParse(href))
  )
}

/** Without C0 and C1 controls (but tab and line ends) and the bidirectional embeddings, overrides and isolates; letters of all scripts stay. */
const withoutControls = (text: string): string => text.replace(/[^\t\n\r\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/gu, '')

function blockText(token: Token, previous: Token | undefined): string {
  switch (token.type) {
    case 'inline':
      return inlineText(token.children ?? [])
    case 'fence':
    case 'code_block':
      return `${token.content.trimEnd()}\n\n`
    case 'list_item_open':
      return `${'  '.repeat(Math.max(0, (token.level - 1) / 2))}${token.info === '' ? '-' : `${token.info}${token.markup}`} `
    case 'paragraph_close':
      return token.hidden ? '\n' : '\n\n'
    case 'heading_close':
    case 'hr':
      return '\n\n'
    case 'td_open':
    case 'th_open':
      return previous?.type === 'tr_open' ? '' : ' | '
    case 'tr_close':
    case 'bullet_list_close':
    case 'ordered_list_close':
    case 'table_close':
      return '\n'
    default:
      return ''
  }
}

function inlineText(tokens: readonly Token[]): string {
  const open: { href: string; from: number }[] = []
  let text = ''
  for (const token of tokens) {
    if (token.type === 'link_open') open.push({ href: String(token.attrGet('href') ?? ''), from: text.length })
    else if (token.type === 'link_close') {
      const link = open.pop()
      const label = link && text.slice(link.from)
      if (link && label !== link.href && `mailto:${label}` !== link.href) text += ` (${link.href})`
    } else if (token.type === 'softbreak' || token.type === 'hardbreak') text += '\n'
    else text += token.type === 'image' ? inlineText(token.children ?? []) : token.content
  }
  return text
}
