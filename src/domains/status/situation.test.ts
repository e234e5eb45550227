import { expect, test } from 'vitest'
import { situation, type Shown, type Trouble } from './situation.ts'

const serious: Trouble = { serious: true, easing: false }
const smaller: Trouble = { serious: false, easing: false }
const easing: Trouble = { serious: false, easing: true }
const works: Shown = { name: 'Sign-in', status: 'works' }
const search: Shown = { name: 'Search', status: 'slow' }

test.each<[string, Trouble[], Shown[], string]>([
  ['nothing wrong', [], [works], 'Everything works'],
  ['no incident, one component slow', [], [works, search], 'Search is slower than usual'],
  ['no incident, two components down', [], [{ name: 'A', status: 'down' }, { name: 'B', status: 'down' }, search], 'Two services: down'],
  ['a serious one', [serious], [], 'One serious problem'],
  ['a serious one, one easing', [serious, easing], [], 'One serious problem, one almost over'],
  ['two smaller', [smaller, smaller], [], 'Two smaller problems'],
  ['a serious and a smaller', [smaller, serious], [], 'One serious problem, one smaller'],
  ['only one easing', [easing], [], 'One problem, almost over'],
  ['all kinds', [serious, serious, smaller, easing], [], 'Two serious problems, one smaller, one almost over'],
])('%s', (_name, troubles, components, sentence) => expect(situation(troubles, components)).toBe(sentence))
