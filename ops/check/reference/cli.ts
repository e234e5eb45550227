// docs/reference/cli.md, from the command line itself.
import type { Command } from 'commander'
import { program } from '#app/cli.ts'
import { exitCodes } from '#app/cli/exit.ts'
import { generatedNote, table } from './markdown.ts'

/** The document's text. */
export function cliDocument(): string {
  const tocsin = program({})
  const areas = tocsin.commands.filter((command) => command.commands.length > 0)
  return [
    generatedNote,
    '# Command line',
    '`bin/tocsin` runs on the Node that npm brought along. `tocsin <command> --help` shows the same as this page.',
    'Verbs of the areas, `apply` and `export` ask the server at `TOCSIN_URL` (default `http://127.0.0.1:8080`) with the API token in `TOCSIN_TOKEN`, and may do what that token may. Every verb takes `--json`. Colours stay away where `NO_COLOR` is set, or where nobody watches.',
    table(
      ['Exit code', 'Means'],
      [
        [`${exitCodes.done}`, 'Done'],
        [`${exitCodes.refused}`, 'The product said no, or something is wrong with what was given'],
        [`${exitCodes.usage}`, 'Wrong usage'],
        [`${exitCodes.unavailable}`, 'No answer, or a failing server'],
      ],
    ),
    ...tocsin.commands
      .filter((command) => command.commands.length === 0 && command.name() !== 'help')
      .map((command) => section(command, '##')),
    ...areas.flatMap((area) => [
      `## ${area.name()}`,
      ...area.commands.filter((verb) => verb.name() !== 'help').map((verb) => section(verb, '###', `${area.name()} `)),
    ]),
    '',
  ].join('\n\n')
}

function section(command: Command, level: string, area = ''): string {
  const rows = command.options
    .filter((option) => option.long !== '--json' && option.long !== '--help')
    .map((option) => [
      `\`${option.flags}\``,
      [option.description, option.argChoices ? `one of ${option.argChoices.join(', ')}` : '', option.mandatory ? 'required' : '']
        .filter((text) => text !== '')
        .join('; '),
    ])
  const usage = [
    command.name(),
    ...command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)),
  ].join(' ')
  return [
    `${level} tocsin ${area}${usage}`.replaceAll('<', '&lt;'),
    `${command.description().charAt(0).toUpperCase()}${command.description().slice(1)}.`,
    ...(rows.length === 0 ? [] : [table(['Option', 'Means'], rows)]),
  ].join('\n\n')
}
