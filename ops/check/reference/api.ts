// docs/reference/api.md, from the operations.
import { catalogue } from '#app/wiring.ts'
import { areasOf, describe, type Described } from '#platform/reference/operations.ts'
import { fieldTable, generatedNote, table } from './markdown.ts'

/** The document's text. */
export function apiDocument(): string {
  const areas = [...areasOf(catalogue.operations)].map(([area, operations]) => ({ area, operations: operations.map(describe) }))
  return [
    generatedNote,
    '# API',
    'Everything that Tocsin can be asked, as JSON over HTTP below `/api/v1`. A running server shows the same at `/api/`, and as an OpenAPI 3.1 document at `/api/openapi.json`.',
    'Requests are signed with an API token: `Authorization: Bearer …`. Lists answer `{ items, nextCursor }`, by `limit` (at most 200) and `cursor`. A POST with an `Idempotency-Key` header (8 to 200 characters) happens once, however often it is sent. What goes wrong is told as RFC 9457 problem details: `detail` says what to do, `faults` names the places, `reference` finds it in the log.',
    ...areas.flatMap(({ area, operations }) => [
      `## ${area}`,
      table(
        ['Call', 'Does'],
        operations.map((one) => [`\`${one.method} ${one.path}\``, `[${one.summary}](#${anchorOf(one.name)})`]),
      ),
      ...operations.map(section),
    ]),
    '',
  ].join('\n\n')
}

const section = (operation: Described): string =>
  [
    `### ${operation.name}`,
    `${operation.summary}. \`${operation.method} ${operation.path}\` ${operation.access}`,
    ...(operation.input.length === 0 ? [] : [fieldTable(operation.input)]),
    `Answers ${operation.status}${
      operation.output.length === 0
        ? '.'
        : `: ${operation.output
            .filter(({ name }) => !/[.[]/.test(name))
            .map(({ name, type }) => `\`${name}\` (${type})`)
            .join(', ')}.`
    }`,
    `\`\`\`sh\n${operation.example}\n\`\`\``,
  ].join('\n\n')

/** As GitHub makes anchors of headings. */
const anchorOf = (name: string): string => name.toLowerCase().replaceAll('.', '')
