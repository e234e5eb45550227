import { describe, expect, test } from 'vitest'
import { notReady, sectionsFrom, type ActionItem, type Section } from './review.ts'

const section = (id: string, text: string, required = true): Section => ({ id, title: id.toUpperCase(), prompt: '', required, text })
const action: ActionItem = { title: 'Alert on it', ownerId: 'usr_1', dueOn: '2026-12-01', doneAt: null }

describe('publishing', () => {
  test.each<[string, Section[], ActionItem[], string | undefined]>([
    ['everything there', [section('summary', 'x')], [action], undefined],
    ['an optional section may be empty', [section('summary', 'x'), section('timeline', '', false)], [], undefined],
    [
      'a required one may not',
      [section('summary', '  \n'), section('impact', '')],
      [],
      'It cannot be published yet; still empty: SUMMARY, IMPACT.',
    ],
    ['actions stand for the section of that name', [section('actions', '')], [action], undefined],
    ['without actions that section is empty', [section('actions', '')], [], 'It cannot be published yet; still empty: ACTIONS.'],
    ['an action without an owner', [], [{ ...action, ownerId: null }], 'It cannot be published yet; without an owner: “Alert on it”.'],
    [
      'an action without owner and date, and an empty section',
      [section('summary', '')],
      [{ ...action, ownerId: null, dueOn: null }],
      'It cannot be published yet; still empty: SUMMARY; without an owner: “Alert on it”; without a due date: “Alert on it”.',
    ],
    ['one that is done needs neither', [], [{ ...action, ownerId: null, dueOn: null, doneAt: '2026-11-23T00:00:00.000Z' }], undefined],
  ])('%s', (_name, sections, actions, reason) => expect(notReady(sections, actions)).toBe(reason))
})

test('a process brings its own sections; else there are six', () => {
  expect(sectionsFrom([{ id: 'causes', title: 'Causes', prompt: 'Why?' }])).toEqual([
    { id: 'causes', title: 'Causes', prompt: 'Why?', required: true },
  ])
  expect(sectionsFrom(undefined).map(({ title }) => title)).toEqual([
    'Summary',
    'Impact',
    'Timeline',
    'What went well',
    'What went badly',
    'Lessons',
  ])
})
