import { describe, expect, test } from 'vitest'
import { planOf } from './plan.ts'

const mail = { id: 'account', channel: 'email', label: 'ana@example.test' }
const push = { id: 'mth_1', channel: 'web-push', label: 'Pixel' }
const chat = { id: 'mth_2', channel: 'chat', label: 'Chat' }

describe('the plan of how a person is reached', () => {
  test.each([
    [
      'nobody has set rules: push and e-mail at once',
      [mail, push],
      [],
      [
        ['mth_1', 0],
        ['account', 0],
      ],
      'push and e-mail at once: no rules are set, so every method is used',
    ],
    [
      'rules order the methods by their delay',
      [mail, push],
      [
        { afterSeconds: 300, methodId: 'account' },
        { afterSeconds: 0, methodId: 'mth_1' },
      ],
      [
        ['mth_1', 0],
        ['account', 300],
      ],
      'push at once, then e-mail after 5 min: by rule',
    ],
    [
      'a rule whose method no longer works is left out, and said: the next one takes its time, as when it fails',
      [mail],
      [
        { afterSeconds: 0, methodId: 'mth_1' },
        { afterSeconds: 120, methodId: 'account' },
      ],
      [['account', 0]],
      'e-mail at once: by rule; a method of another rule no longer works',
    ],
    [
      'one takes the time of one that no longer works, and the others keep theirs',
      [mail, chat],
      [
        { afterSeconds: 300, methodId: 'account' },
        { afterSeconds: 60, methodId: 'mth_1' },
        { afterSeconds: 90, methodId: 'mth_2' },
      ],
      [
        ['mth_2', 60],
        ['account', 300],
      ],
      'chat after 1 min, then e-mail after 5 min: by rule; a method of another rule no longer works',
    ],
    [
      'when the last one no longer works, what no rule names takes its time: an address that has taken the place of the account among them',
      [push, { ...mail, id: 'mth_3' }],
      [
        { afterSeconds: 0, methodId: 'mth_1' },
        { afterSeconds: 300, methodId: 'account' },
      ],
      [
        ['mth_1', 0],
        ['mth_3', 300],
      ],
      'push at once, then e-mail after 5 min: by rule; a method of another rule no longer works',
    ],
    [
      'no method of the rules works: everything else at once',
      [mail],
      [{ afterSeconds: 0, methodId: 'mth_1' }],
      [['account', 0]],
      'e-mail at once: no method of the rules works any more, so every other is used',
    ],
    [
      'the same method twice is told twice',
      [push],
      [
        { afterSeconds: 0, methodId: 'mth_1' },
        { afterSeconds: 60, methodId: 'mth_1' },
      ],
      [
        ['mth_1', 0],
        ['mth_1', 60],
      ],
      'push at once, then push after 1 min: by rule',
    ],
    ['without any method there is no plan', [], [], [], 'cannot be reached: there is no method that works'],
  ] as const)('%s', (_, methods, rules, steps, reason) => {
    const plan = planOf(methods, rules)
    expect(plan.steps.map((step) => [step.method.id, step.afterSeconds])).toEqual(steps)
    expect(plan.reason).toBe(reason)
  })

  test('what no rule names is kept for when every rule has failed', () => {
    expect(planOf([mail, push, chat], [{ afterSeconds: 0, methodId: 'mth_1' }]).spare).toEqual([mail, chat])
  })
})
