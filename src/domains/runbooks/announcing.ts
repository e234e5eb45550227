// Tells people that a run waits for them, and takes it back when it does not any more.
import type { UserId } from '#kernel/actor.ts'
import type { ProcessContext } from '#kernel/process.ts'
import type { RunId } from './events.ts'

export type Waiting = { runId: RunId; seq: number; incidentId: string | null; kind: 'question' | 'approval' | 'doubt'; question: string; danger: string | null }

export async function announce(_context: ProcessContext, _waiting: Waiting, _userIds: UserId[]): Promise<void> {}
export async function withdraw(_context: ProcessContext, _runId: RunId, _seq: number): Promise<void> {}
