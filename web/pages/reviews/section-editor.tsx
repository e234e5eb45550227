// One section of a review: read as text, written as Markdown, with a notice when somebody else was faster.
import { useState } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Button, ErrorNotice, Markdown, TextArea, TimeText } from '../../ui/index.ts'
import type { Section } from './review-words.ts'

/** `filled`: something else stands for it, so that it may stay empty. */
export function SectionEditor({ incident, section, filled = false }: { incident: string; section: Section; filled?: boolean }) {
  const [draft, setDraft] = useState<{ text: string; basedOn: string | null }>()
  const may = useMay()
  const write = useDo('reviews.writeSection')
  const begin = () => setDraft({ text: section.text, basedOn: section.changedAt })
  const save = () => draft && write.mutate({ incident, section: section.id, ...draft }, { onSuccess: () => setDraft(undefined) })
  const conflict = write.error?.code === 'conflict'
  return (
    <section
      aria-labelledby={`section-${section.id}`}
      data-print={filled && section.text === '' ? 'no' : undefined}
      className="border-b border-line py-4"
    >
      <div className="flex min-h-7 items-center gap-2">
        <h2 id={`section-${section.id}`} className="text-panel font-semibold">
          {section.title}
        </h2>
        {section.changedBy && section.changedAt && (
          <span className="text-ink3" data-print="no">
            {section.changedBy.name}, <TimeText at={section.changedAt} form="relative" />
          </span>
        )}
        {!draft && may('reviews.writeSection') && (
          <Button look="quiet" size="small" className="ml-auto" data-print="no" onClick={begin}>
            {section.text === '' ? 'Write' : 'Change'}
          </Button>
        )}
      </div>
      {!draft &&
        (section.text === '' ? (
          <p className="text-ink3">
            {section.prompt}
            {filled ? ' The action items below stand for it.' : section.required ? ' Needed before it is published.' : ''}
          </p>
        ) : (
          <Markdown html={section.html} />
        ))}
      {draft && (
        <form className="flex flex-col gap-2" onSubmit={(event) => (event.preventDefault(), save())}>
          <TextArea
            label={section.title}
            labelHidden
            rows={6}
            maxLength={60_000}
            hint={`${section.prompt} Markdown works. Ctrl Enter saves.`}
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            autoFocus
          />
          {write.error && (
            <ErrorNotice
              what={write.error.message}
              safe="Your text is still here."
              todo={
                conflict ? (
                  <Button size="small" onClick={() => setDraft({ ...draft, basedOn: section.changedAt })}>
                    Write over what stands now
                  </Button>
                ) : undefined
              }
              reference={write.error.reference}
            />
          )}
          {conflict && <Markdown html={section.html} className="border border-line p-3" />}
          <div className="flex gap-2">
            <Button type="submit" sending={write.isPending}>
              Save
            </Button>
            <Button look="quiet" onClick={() => setDraft(undefined)}>
              Cancel
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}
