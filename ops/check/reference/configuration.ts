// docs/reference/configuration.md, from the resources.
import type { z } from 'zod'
import { catalogue } from '#app/wiring.ts'
import { configurationLimits } from '#platform/configuration/read.ts'
import { largeLimits, spokenBytes } from '#platform/http/parse-limits.ts'
import { fieldsOf } from '#platform/reference/fields.ts'
import { fieldTable, generatedNote, table } from './markdown.ts'

/** The document's text. */
export const configurationDocument = (): string =>
  [
    generatedNote,
    '# Configuration as code',
    'An installation can be written as YAML: any number of files below one folder, any number of documents in a file, each beginning with its `kind`. What one names, it names by slug or handle.',
    [
      '```sh',
      'tocsin check  config             # without a server: schemas, references, rules; file, line, column and fix of each mistake',
      'tocsin apply  config --dry-run   # what would change, field by field; nothing is changed',
      'tocsin apply  config             # all of it in one transaction, or nothing',
      'tocsin apply  config --prune     # and remove what the files do not say',
      'tocsin export config             # what the server has, one file for each thing; applying it changes nothing',
      '```',
    ].join('\n'),
    'Secrets are not part of it: passwords, tokens, and the keys of integrations stay on the server. Neither are people who have left: `export` says what still names them, which this server takes as long as it stays as it is, and another one does not take. A running server gives a JSON Schema of each kind at `/schemas/{kind}.json`, and of any document at `/schemas/any.json`, so that an editor helps while you write:',
    '```yaml\n# yaml-language-server: $schema=https://tocsin.example.org/schemas/team.json\nkind: team\nslug: payments\nname: Payments\nmembers:\n  mara: lead\n```',
    `A file has at most ${configurationLimits.fileBytes / 1024} KiB, and what is sent in one apply at most ${spokenBytes(largeLimits.bytes)} in ${configurationLimits.files} files.`,
    table(
      ['Kind', 'What it is'],
      catalogue.resources.map(({ kind, summary }) => [`[\`${kind}\`](#${kind})`, summary]),
    ),
    ...catalogue.resources.flatMap((resource) => [
      `## ${resource.kind}`,
      `${resource.summary}.${resource.remove ? '' : ' `--prune` leaves it as it is.'}`,
      fieldTable(fieldsOf(resource.schema as z.ZodType, 'input')),
    ]),
    '',
  ].join('\n\n')
