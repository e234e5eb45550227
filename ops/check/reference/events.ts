// docs/reference/events.md, from the events.
import type { z } from 'zod'
import { catalogue } from '#app/wiring.ts'
import { fieldsOf } from '#platform/reference/fields.ts'
import { fieldTable, generatedNote } from './markdown.ts'

/** The document's text. */
export function eventsDocument(): string {
  const events = [...catalogue.events.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  const followers = (type: string) =>
    catalogue.reactions
      .filter((reaction) => (reaction.on as unknown as { type: string }).type === type)
      .map((reaction) => `\`${reaction.name}\``)
  return [
    generatedNote,
    '# Events',
    'What the record holds. Each event has its `position` in the whole record, its `stream` and `sequence` in a chain of hashes, `type`, `version`, `at`, `actor`, `about` (the objects, subject first) and the `data` below. Events name people and things by id only.',
    ...events.flatMap((event) => {
      const follows = followers(event.type)
      return [
        `## ${event.type}`,
        `Version ${event.version}.${follows.length === 0 ? '' : ` What follows: ${follows.join(', ')}.`}`,
        fieldTable(fieldsOf(event.data as unknown as z.ZodType, 'output')),
      ]
    }),
    '',
  ].join('\n\n')
}
