// That the database has lost something, as a node found out.
import type { CommandContext } from '#kernel/command.ts'
import type { Instant } from '#kernel/time.ts'
import { databaseLost } from './events.ts'

/** When the first and the last of it was written; how many alerts are taken in again, and of how many the integration is gone too. */
export type Loss = { since: Instant; until: Instant; alerts: number; unknown: number }

/** Writes it down; those who administer are told. */
export const noteLoss = ({ emit }: Pick<CommandContext, 'emit'>, loss: Loss): Promise<void> => emit(databaseLost, loss)
