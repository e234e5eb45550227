// The way of a run, section by section: each step with its state in words and glyph, how long it took, and why.
import { cx, Duration, StateGlyph } from '../../ui/index.ts'
import { stepState, type Run, type Step } from './run-words.ts'

/** `current` is the step that is looked at; choosing one calls `onChoose`. */
export function RunPath({ run, current, onChoose }: { run: Run; current: string | undefined; onChoose: (step: string) => void }) {
  return (
    <nav aria-label="Path of the run">
      {run.sections.map((section, index) => {
        const done = section.steps.filter(({ state }) => state === 'done').length
        return (
          <section key={index} aria-label={section.name} className="mb-3">
            <div className="flex items-baseline justify-between gap-2 py-1">
              <h3 className="text-ui font-semibold">{section.name}</h3>
              <span className="text-meta text-ink3 tabular-nums">
                {done} of {section.steps.length}
              </span>
            </div>
            {section.reason !== null && <p className="pb-1 text-meta text-ink2">{section.reason}</p>}
            <ol>
              {section.steps.map((step) => (
                <li key={step.id}>
                  <button
                    type="button"
                    aria-current={step.id === current ? 'step' : undefined}
                    onClick={() => onChoose(step.id)}
                    className={cx(
                      'flex w-full min-h-8 items-center gap-2 rounded-control px-1.5 py-1 text-left pointer-coarse:min-h-11',
                      step.id === current ? 'bg-accent-bg font-medium' : 'hover:bg-sunken',
                    )}
                  >
                    <StateGlyph kind={stepState(step).glyph} />
                    <span className="sr-only">{stepState(step).word}:</span>
                    <span
                      className={cx(
                        'min-w-0 flex-1 wrap-break-word',
                        step.state === 'upcoming' || step.state === 'skipped' ? 'text-ink2' : '',
                      )}
                    >
                      {step.name}
                    </span>
                    <span className="max-w-[48%] text-right text-meta text-ink3 tabular-nums">
                      <StepTime step={step} />
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          </section>
        )
      })}
    </nav>
  )
}

/** How long it took, how long it is under way, or what it is while it is to come. */
export function StepTime({ step }: { step: Step }) {
  if (step.startedAt === null || step.state === 'skipped') return step.says
  if (step.endedAt === null) return <Duration since={step.startedAt} exact />
  return <Duration seconds={(Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000} exact />
}
