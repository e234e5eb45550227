import { expect, test } from 'vitest'
import { draftAt, draftsAreOf, keepDraft } from './draft.ts'

test('what is begun is found again by whoever began it, and by nobody else', () => {
  draftsAreOf('usr_ana')
  keepDraft('INC-7 text', 'half a sen', '')
  expect(draftAt('INC-7 text', '')).toBe('half a sen')
  draftsAreOf('usr_ana')
  expect(draftAt('INC-7 text', '')).toBe('half a sen')
  draftsAreOf('usr_ben')
  expect(draftAt('INC-7 text', '')).toBe('')
})

test('what is as it began is forgotten', () => {
  keepDraft('INC-8 text', 'a', '')
  keepDraft('INC-8 text', '', '')
  expect(draftAt('INC-8 text', 'anew')).toBe('anew')
})
