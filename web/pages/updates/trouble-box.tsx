// One open incident as a stakeholder asks about it: who is hit, what we do, when it ends, what to say.
import { useState, type ReactNode } from 'react'
import { Box, Button, Clock, Person, Severity, State, TextLink, TimeText, useToast } from '../../ui/index.ts'
import { glyphOf, severityOf, type Trouble } from './update-words.ts'

/** `open` shows the answers at once; the others are one line until they are asked for. */
export function TroubleBox({ trouble, open }: { trouble: Trouble; open: boolean }) {
  const [shown, setShown] = useState(open)
  const { incident, headline, since, nextUpdateAt, updates } = trouble
  const last = updates[0]
  if (!shown) return <OneLine trouble={trouble} onMore={() => setShown(true)} />
  return (
    <Box>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <Severity {...severityOf(incident.severity)} />
            <State kind={glyphOf(incident.glyph)} word={incident.state} />
            <TimeText at={since} className="text-ink2" />
          </p>
          <h3 className="mt-1 text-panel font-semibold">{headline}</h3>
        </div>
        {nextUpdateAt && <Clock label="Next update" face={{ kind: 'due', due: nextUpdateAt }} align="end" />}
      </div>
      <dl className="mt-3">
        <Answer question="Who is hit">{trouble.whoIsHit}</Answer>
        <Answer question="What we do">{trouble.whatWeDo}</Answer>
        <Answer question="When it ends">{trouble.whenItEnds}</Answer>
        <Answer question="What to say">{trouble.whatToSay && <Quotation text={trouble.whatToSay} />}</Answer>
        <Answer question="Who leads">
          {(trouble.leads || trouble.questionsTo) && (
            <span className="flex flex-wrap gap-x-3 gap-y-1">
              {trouble.leads && <Person person={trouble.leads} />}
              {trouble.questionsTo && (
                <span className="inline-flex gap-2 text-ink2">
                  Questions go to <Person person={trouble.questionsTo} />
                </span>
              )}
            </span>
          )}
        </Answer>
      </dl>
      {last && <p className="mt-2 text-prose whitespace-pre-wrap">{last.text}</p>}
      <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink2">
        {last && (
          <span>
            Update {last.number} of <TimeText at={last.at} form="absolute" /> by {last.author?.name ?? 'Tocsin'}
          </span>
        )}
        <TextLink href={`/incidents/${incident.number}`}>INC-{incident.number}</TextLink>
        <TextLink href={`/updates/history?incident=${incident.number}`}>All {updates.length}</TextLink>
        {!open && (
          <Button look="quiet" size="small" className="ml-auto" onClick={() => setShown(false)}>
            Less
          </Button>
        )}
      </p>
    </Box>
  )
}

function OneLine({ trouble, onMore }: { trouble: Trouble; onMore: () => void }) {
  const { incident, headline, since, nextUpdateAt, whoIsHit } = trouble
  return (
    <Box>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Severity {...severityOf(incident.severity)} />
        <State kind={glyphOf(incident.glyph)} word={incident.state} />
        <h3 className="font-semibold">{headline}</h3>
        <span className="min-w-40 flex-1 text-ink2">
          {whoIsHit && whoIsHit !== headline ? (
            whoIsHit
          ) : (
            <>
              since <TimeText at={since} form="absolute" />
            </>
          )}
        </span>
        {nextUpdateAt && (
          <span className="text-ink2">
            next update <TimeText at={nextUpdateAt} form="clock" />
          </span>
        )}
        <Button look="quiet" size="small" onClick={onMore}>
          More
        </Button>
      </div>
    </Box>
  )
}

function Answer({ question, children }: { question: string; children: ReactNode }) {
  return (
    <div className="flex gap-3 py-1">
      <dt className="w-24 shrink-0 text-ink2">{question}</dt>
      <dd className="min-w-0 flex-1 wrap-break-word">{children || <span className="text-ink3">Nobody has said yet.</span>}</dd>
    </div>
  )
}

function Quotation({ text }: { text: string }) {
  const toast = useToast()
  const copy = () => void navigator.clipboard.writeText(text).then(() => toast({ text: 'Copied.' }))
  return (
    <>
      “{text}”{' '}
      <Button look="quiet" size="small" onClick={copy}>
        Copy
      </Button>
    </>
  )
}
