// Whether somebody who makes the first administrator sits at this machine: only then nothing proves that it is theirs but that.
import type { Caller } from '#kernel/command.ts'

const own = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * An installation that has an address in the world stands behind something that hands requests on, and not all of these say so: by default nginx sends no
 * header that would, and the machine's own name. Whoever comes to such a one is from another machine.
 */
export const isAtTheMachine = ({ local }: Pick<Caller, 'local'>, publicUrl: string): boolean =>
  local && own.has(URL.parse(publicUrl)?.hostname ?? '')
