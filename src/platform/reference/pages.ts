// The API's reference at /api/, written by the server from the operations. A plain page: it needs no script, so the Content-Security-Policy holds.
import { html } from 'hono/html'
import type { AnyOperation } from '#kernel/command.ts'
import { definePage, defineSlice } from '#kernel/define.ts'
import type { PageAnswer } from '#kernel/page.ts'
import { problemKinds } from '../http/problem-kinds.ts'
import type { Field } from './fields.ts'
import { areasOf, describe, type Described } from './operations.ts'

/** The slice of pages over these operations. */
export const referenceOf = (operations: readonly AnyOperation[]) => {
  const areas = areasOf(operations)
  return defineSlice({
    name: 'reference',
    operations: {},
    events: {},
    pages: [
      definePage({ http: 'GET /api', run: async () => ({ status: 303, body: '', redirect: '/api/' }) }),
      definePage({ http: 'GET /api/', run: async () => page('API', overview(areas), areas) }),
      definePage({
        http: 'GET /api/{area}',
        async run(_, { params }) {
          const found = areas.get(params['area'] ?? '')
          if (!found)
            return {
              ...(await page('Not found', html`<p>There is no such part of the API. <a href="/api/">See all of it</a>.</p>`, areas)),
              status: 404,
            }
          return page(params['area']!, html`${found.map((operation) => section(describe(operation)))}`, areas)
        },
      }),
      definePage({ http: 'GET /docs/problems', run: async () => page('Problems', problems(), areas) }),
    ],
  })
}

type Areas = ReadonlyMap<string, readonly AnyOperation[]>
type Html = ReturnType<typeof html>

async function page(title: string, content: Html, areas: Areas): Promise<PageAnswer> {
  const body = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Tocsin API</title>
        <link rel="stylesheet" href="/api.css" />
        <link rel="icon" href="/favicon.svg" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <nav aria-label="Parts of the API">
          <a class="home" href="/api/">Tocsin API</a>
          <ul>
            ${[...areas.keys()].map((area) => html`<li><a href="/api/${area}" ${area === title ? html`aria-current="page"` : ''}>${area}</a></li>`)}
          </ul>
        </nav>
        <main id="content">
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`
  return { status: 200, body: String(body), cacheSeconds: 60 }
}

const overview = (areas: Areas): Html =>
  html` <p>
      Everything that Tocsin can be asked, as JSON over HTTP below <code>/api/v1</code>. The same as an
      <a href="/api/openapi.json">OpenAPI 3.1 document</a>.
    </p>
    <p>
      Sign requests with an API token: <code>Authorization: Bearer …</code>. Lists answer <code>{ items, nextCursor }</code>, by
      <code>limit</code> and <code>cursor</code>. A POST with an <code>Idempotency-Key</code> happens once, however often it is sent. What
      goes wrong is told as <a href="https://www.rfc-editor.org/rfc/rfc9457">problem details</a>, with a sentence that says what to do, and is one
      of <a href="/docs/problems">these kinds</a>.
    </p>
    ${[...areas].map(
      ([area, operations]) =>
        html`<h2><a href="/api/${area}">${area}</a></h2>
          <table>
            <tbody>
              ${operations.map(
                (operation) =>
                  html`<tr>
                    <td><code>${operation.http}</code></td>
                    <td><a href="/api/${area}#${operation.name}">${operation.summary}</a></td>
                  </tr>`,
              )}
            </tbody>
          </table>`,
    )}`

/** What the `type` of a problem names: a part for each kind, found by its code. */
const problems = (): Html =>
  html` <p>A failure is answered as <code>application/problem+json</code>. Its <code>type</code> leads here; its <code>detail</code> says what it was this time.</p>
    ${problemKinds.map(
      ({ code, status, title, todo }) =>
        html`<section aria-labelledby="${code}">
          <h2 id="${code}">${title}</h2>
          <p class="meta"><code>${code}</code> · ${status}</p>
          <p>${todo.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}</p>
        </section>`,
    )}`

const section = (operation: Described): Html =>
  html`<section aria-labelledby="${operation.name}">
    <h2 id="${operation.name}">${operation.summary}</h2>
    <p class="call"><span class="method">${operation.method}</span> <code>${operation.path}</code></p>
    <p class="meta"><code>${operation.name}</code> · ${operation.access.replaceAll('`', '')}</p>
    ${
      operation.input.length === 0
        ? ''
        : html`<h3>Asks for</h3>
            ${tableOf(operation.input.map((field) => ({ ...field, name: field.name, note: field.place === 'body' ? '' : `in the ${field.place}` })))}`
    }
    <h3>Answers ${operation.status}</h3>
    ${operation.output.length === 0 ? html`<p>An object.</p>` : tableOf(operation.output.map((field) => ({ ...field, required: false, note: '' })))}
    <h3>Example</h3>
    <pre tabindex="0"><code>${operation.example}</code></pre>
  </section>`

const tableOf = (fields: readonly (Field & { note: string })[]): Html =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Is</th>
        <th scope="col">Means</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        (field) =>
          html`<tr>
            <td><code>${field.name}</code>${field.required ? html` <span class="required">required</span>` : ''}</td>
            <td>${field.type}</td>
            <td>
              ${[field.description, field.note, field.preset === undefined ? '' : `default ${field.preset}`].filter((text) => text !== '').join('; ')}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
