// After how long which method: one list for pages, one for updates. Every change is saved at once, and the sentence above says what it means.
import { X } from 'lucide-react'
import { useDo } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'
import { Button, durationWords, ErrorNotice, IconButton, PanelHeader, Reason, Select } from '../../ui/index.ts'

type Rules = Output<'notifications.myRules'>['items'][number]
type Rule = Rules['rules'][number]
export type MethodChoice = { value: string; label: string }

const delays = [0, 60, 120, 300, 600, 900, 1800, 3600]
const titles: Record<Rules['urgency'], string> = { page: 'When I am paged', update: 'When an update comes' }

export function ContactRules({ set, methods }: { set: Rules; methods: MethodChoice[] }) {
  const save = useDo('notifications.setRules')
  const write = (rules: Rule[]) => save.mutate({ urgency: set.urgency, rules })
  // What is being saved is already what the next change builds on.
  const rules = save.isPending ? save.variables.rules : set.rules
  const change = (index: number, part: Partial<Rule>) => write(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)))
  const last = rules.at(-1)?.afterSeconds ?? -1
  return (
    <section className="mt-6" aria-label={titles[set.urgency]}>
      <PanelHeader
        title={titles[set.urgency]}
        ruled
        actions={
          <Button
            size="small"
            disabled={methods.length === 0}
            onClick={() => write([...rules, { methodId: methods[0]!.value, afterSeconds: delays.find((delay) => delay > last) ?? 3600 }])}
          >
            Add rule
          </Button>
        }
      />
      <p className="py-2">
        <Reason parts={`${set.reason.slice(0, 1).toUpperCase()}${set.reason.slice(1)}.`} />
      </p>
      {save.error && <ErrorNotice what={save.error.message} reference={save.error.reference} />}
      <ol>
        {rules.map((rule, index) => (
          <li key={index} className="flex flex-wrap items-center gap-2 border-t border-line py-1.5">
            <span className="w-4 text-ink3 tabular-nums">{index + 1}</span>
            <Select
              label={`Rule ${index + 1}: after`}
              labelHidden
              className="w-36"
              value={String(rule.afterSeconds)}
              onChange={(event) => change(index, { afterSeconds: Number(event.target.value) })}
              options={[...new Set([...delays, rule.afterSeconds])]
                .sort((a, b) => a - b)
                .map((delay) => ({ value: String(delay), label: delay === 0 ? 'At once' : `After ${durationWords(delay)}` }))}
            />
            <Select
              label={`Rule ${index + 1}: by`}
              labelHidden
              className="min-w-40 flex-1"
              value={rule.methodId}
              onChange={(event) => change(index, { methodId: event.target.value })}
              options={
                methods.some((method) => method.value === rule.methodId)
                  ? methods
                  : [{ value: rule.methodId, label: 'a method that no longer works' }, ...methods]
              }
            />
            <IconButton label={`Remove rule ${index + 1}`} of={X} onClick={() => write(rules.filter((_, at) => at !== index))} />
          </li>
        ))}
      </ol>
    </section>
  )
}
