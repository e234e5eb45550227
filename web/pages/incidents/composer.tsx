// The composer under the timeline: what is typed becomes a note, a decision, a hypothesis or a task. The first line is the thing itself, the
// rest is its reason, its test or its detail.
import { Check, CornerDownLeft, Gavel, Lightbulb, NotebookPen } from 'lucide-react'
import { useEffect, useRef, type FormEvent, type KeyboardEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Box, Button, cx, ErrorNotice, Icon, Kbd, TextArea, useDraft, useKeys, type LucideIcon } from '../../ui/index.ts'

const composes = ['note', 'decision', 'hypothesis', 'task'] as const
export type Composes = (typeof composes)[number]

const kinds: Record<Composes, { label: string; keys: string; icon: LucideIcon; hint: string }> = {
  note: { label: 'Note', keys: 'N', icon: NotebookPen, hint: 'Write to everyone here…' },
  decision: { label: 'Decision', keys: '⇧D', icon: Gavel, hint: 'What is decided, then why on the next lines…' },
  hypothesis: { label: 'Hypothesis', keys: 'H', icon: Lightbulb, hint: 'What is suspected, then how to test it…' },
  task: { label: 'Task', keys: 'T', icon: Check, hint: 'What is to be done, then its details…' },
}

/** What somebody asked to write, elsewhere on the screen; `at` tells one asking from the next. */
export type Asked = { kind: Composes; at: number }

export function Composer({ incident, asked, compact = false }: { incident: string; asked: Asked | undefined; compact?: boolean }) {
  const [kind, setKind] = useDraft<Composes>(`${incident} kind`, 'note')
  const [text, setText] = useDraft(`${incident} text`, '')
  const field = useRef<HTMLTextAreaElement>(null)
  const written = () => {
    setText('')
    setKind('note')
  }
  const note = useDo('incidents.addNote', written)
  const decision = useDo('incidents.decide', written)
  const hypothesis = useDo('incidents.addHypothesis', written)
  const task = useDo('incidents.addTask', written)
  const acts = { note, decision, hypothesis, task }
  const { isPending, error } = acts[kind]

  const choose = (next: Composes) => {
    setKind(next)
    field.current?.focus()
  }
  useEffect(() => {
    if (!asked) return
    setKind(asked.kind)
    field.current?.focus()
  }, [asked])
  useKeys({ n: () => choose('note'), t: () => choose('task'), h: () => choose('hypothesis'), 'Shift+D': () => choose('decision') })

  const send = (event?: FormEvent) => {
    event?.preventDefault()
    const whole = text.trim()
    if (whole === '' || isPending) return
    const [first = '', ...lines] = whole.split('\n')
    const rest = lines.join('\n').trim() || undefined
    if (kind === 'note') note.mutate({ incident, text: whole })
    if (kind === 'decision') decision.mutate({ incident, title: first, reason: rest })
    if (kind === 'hypothesis') hypothesis.mutate({ incident, statement: first, test: rest })
    if (kind === 'task') task.mutate({ incident, title: first, detail: rest })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || (kind !== 'note' && !event.ctrlKey && !event.metaKey))
      return
    event.preventDefault()
    send()
  }
  return (
    <div className="shrink-0 px-4 pt-1 pb-3">
      {error && (
        <div className="pb-2">
          <ErrorNotice what={error.message} safe="What you typed is still here." reference={error.reference} />
        </div>
      )}
      <Box>
        <form onSubmit={send}>
          <TextArea
            ref={field}
            label={kinds[kind].label}
            labelHidden
            bare
            rows={compact ? 1 : 2}
            maxLength={8000}
            placeholder={kinds[kind].hint}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className="mt-1 flex flex-wrap items-center gap-1">
            <div role="radiogroup" aria-label="What this becomes" className="flex flex-wrap gap-1">
              {composes.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="radio"
                  aria-checked={one === kind}
                  onClick={() => choose(one)}
                  className={cx(
                    'inline-flex h-6 items-center gap-1 rounded-control px-2 text-meta pointer-coarse:h-11',
                    one === kind ? 'bg-sunken font-semibold' : 'text-ink2 hover:bg-sunken',
                  )}
                >
                  <Icon of={kinds[one].icon} size={12} />
                  {kinds[one].label}
                  {!compact && <Kbd>{kinds[one].keys}</Kbd>}
                </button>
              ))}
            </div>
            <span className="ml-auto flex items-center gap-2 text-meta text-ink3">
              {!compact && <span className="max-wide:hidden">{kind === 'note' ? 'Enter sends' : 'Ctrl Enter adds it'}</span>}
              <Button type="submit" size="small" icon={CornerDownLeft} sending={isPending} disabled={text.trim() === ''}>
                {kind === 'note' ? 'Send' : 'Add'}
              </Button>
            </span>
          </div>
        </form>
      </Box>
    </div>
  )
}
