// What we think and what was decided: hypotheses with their test and outcome, decisions with their reason.
import { Gavel } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import {
  Button,
  ChoiceGroup,
  Dialog,
  ErrorNotice,
  Icon,
  Kbd,
  Panel,
  Radio,
  StateGlyph,
  TextArea,
  TimeText,
  type GlyphKind,
} from '../../ui/index.ts'
import type { HypothesisOf, Screen } from './incident-words.ts'

const states: Record<HypothesisOf['state'], { word: string; glyph: GlyphKind; tone: string }> = {
  confirmed: { word: 'confirmed', glyph: 'resolved', tone: 'text-teal' },
  testing: { word: 'testing', glyph: 'held', tone: 'text-violet' },
  suspected: { word: 'suspected', glyph: 'upcoming', tone: 'text-ink2' },
  refuted: { word: 'ruled out', glyph: 'suppressed', tone: 'text-ink3' },
}

export function Hypotheses({ incident, onAdd }: { incident: Screen; onAdd: () => void }) {
  const [open, setOpen] = useState<string>()
  const settled = incident.hypotheses.find((hypothesis) => hypothesis.id === open)
  return (
    <Panel
      title="What we think"
      note={incident.hypotheses.length || undefined}
      actions={
        incident.may.respond && (
          <Button look="quiet" size="small" onClick={onAdd}>
            Add <Kbd>H</Kbd>
          </Button>
        )
      }
    >
      {incident.hypotheses.length === 0 && <p className="text-ink2">No hypothesis yet. Write down what you suspect, then test it.</p>}
      <ul>
        {incident.hypotheses.map((hypothesis) => {
          const { word, glyph, tone } = states[hypothesis.state]
          return (
            <li key={hypothesis.id} className="flex items-start gap-2 py-1">
              <StateGlyph kind={glyph} className="mt-0.5" />
              <div className="min-w-0 flex-1">
                <button
                  type="button"
                  disabled={!incident.may.respond}
                  onClick={() => setOpen(hypothesis.id)}
                  className={`rounded-chip text-left wrap-break-word hover:underline ${hypothesis.state === 'refuted' ? 'text-ink3' : ''}`}
                >
                  {hypothesis.statement}
                </button>
                {(hypothesis.outcome ?? hypothesis.test) && (
                  <p className="text-meta wrap-break-word text-ink3">{hypothesis.outcome ?? `Test: ${hypothesis.test}`}</p>
                )}
              </div>
              <span className={`shrink-0 ${tone}`}>
                {word}
                {hypothesis.state === 'testing' && hypothesis.ownerName ? ` · ${hypothesis.ownerName.split(' ')[0]}` : ''}
                {hypothesis.state === 'refuted' && (
                  <>
                    {' '}
                    <TimeText at={hypothesis.changedAt} form="clock" />
                  </>
                )}
              </span>
            </li>
          )
        })}
      </ul>
      {settled && <SettleDialog key={settled.id} incident={incident.key} hypothesis={settled} onClose={() => setOpen(undefined)} />}
    </Panel>
  )
}

function SettleDialog({ incident, hypothesis, onClose }: { incident: string; hypothesis: HypothesisOf; onClose: () => void }) {
  const [state, setState] = useState<HypothesisOf['state']>(hypothesis.state === 'suspected' ? 'testing' : hypothesis.state)
  const [test, setTest] = useState(hypothesis.test ?? '')
  const [outcome, setOutcome] = useState(hypothesis.outcome ?? '')
  const settle = useDo('incidents.settleHypothesis')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = {
      ...(test.trim() && test !== hypothesis.test ? { test } : {}),
      ...(outcome.trim() && outcome !== hypothesis.outcome ? { outcome } : {}),
    }
    settle.mutate({ incident, hypothesisId: hypothesis.id, state, ...said }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title={hypothesis.statement} width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ChoiceGroup legend="How it stands">
          {(['suspected', 'testing', 'confirmed', 'refuted'] as const).map((one) => (
            <Radio key={one} name="state" label={states[one].word} checked={state === one} onChange={() => setState(one)} />
          ))}
        </ChoiceGroup>
        <TextArea label="Test" optional rows={2} value={test} onChange={(event) => setTest(event.target.value)} />
        <TextArea
          label="What came of it"
          optional={state === 'suspected' || state === 'testing'}
          rows={2}
          value={outcome}
          onChange={(event) => setOutcome(event.target.value)}
        />
        {settle.error && <ErrorNotice what={settle.error.message} reference={settle.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" sending={settle.isPending}>
            Save
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function Decisions({ incident }: { incident: Screen }) {
  if (incident.decisions.length === 0) return null
  return (
    <Panel title="Decided" note={incident.decisions.length}>
      <ul>
        {incident.decisions.map((decision) => (
          <li key={decision.id} className="flex items-start gap-2 py-1">
            <Icon of={Gavel} className="mt-0.5 text-violet" />
            <div className="min-w-0 flex-1">
              <p className="wrap-break-word">{decision.title}</p>
              {decision.reason && <p className="text-meta wrap-break-word whitespace-pre-line text-ink3">{decision.reason}</p>}
            </div>
            <span className="shrink-0 text-ink3">
              <TimeText at={decision.decidedAt} form="clock" /> · {decision.decidedByName.split(' ')[0]}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
