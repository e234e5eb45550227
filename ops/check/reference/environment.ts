// docs/reference/environment.md, from the environment's schema.
import { Environment } from '#platform/config/config.ts'
import { fieldsOf } from '#platform/reference/fields.ts'
import { generatedNote, table } from './markdown.ts'

/** The document's text. */
export const environmentDocument = (): string =>
  [
    generatedNote,
    '# Environment',
    'Every setting of a node. None is needed to begin. An unknown name that begins with `TOCSIN_` is an error, so that a typing mistake is not a silent default.',
    table(
      ['Variable', 'Default', 'Means'],
      fieldsOf(Environment, 'input').map(({ name, type, preset, description }) => [
        `\`${name}\``,
        preset === undefined || preset === '""' ? '' : `\`${preset.replace(/^"(.*)"$/, '$1')}\``,
        type.includes('"') ? `${description}: ${type.replaceAll('"', '')}` : description,
      ]),
    ),
    'The command line also honours `NO_COLOR`.',
    '',
  ].join('\n\n')
