// One escalation policy: its levels as sentences, and who would be told if it rang right now, how, and why.
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import type { Output } from '../../api/client.ts'
import { useAsk, useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Columns, Lead, Page } from '../../shell/index.ts'
import {
  Avatar,
  Button,
  Dialog,
  durationWords,
  ErrorNotice,
  Panel,
  PanelHeader,
  Row,
  Rows,
  Skeleton,
  StateGlyph,
  TextLink,
  TextInput,
} from '../../ui/index.ts'
import { asSentence } from './page-words.ts'
import { named } from './schedule-words.ts'

type Policy = Output<'oncall.getPolicy'>
type Level = Policy['levels'][number]

/** /oncall/policies/:slug */
export default function PolicyPage() {
  const { slug = '' } = useParams({ strict: false }) as { slug?: string }
  const { data: policy, error, refetch } = useAsk('oncall.getPolicy', { policy: slug }, { refetchSeconds: 60 })
  const [paging, setPaging] = useState(false)
  const may = useMay()
  const crumbs = [{ label: 'On-call', href: '/oncall' }, { label: policy?.name ?? slug }]
  if (error)
    return (
      <Page title="Policy" crumbs={crumbs}>
        <div className="p-4">
          <ErrorNotice what={error.message} reference={error.reference} onRetry={() => void refetch()} />
        </div>
      </Page>
    )
  return (
    <Page
      title={policy?.name ?? 'Policy'}
      crumbs={crumbs}
      actions={policy && may('oncall.startPage', policy.team?.id ?? null) && <Button onClick={() => setPaging(true)}>Page…</Button>}
    >
      {!policy ? (
        <Skeleton label="Policy" rows={5} tall />
      ) : (
        <Columns sideLabel="After the last level" side={<Side policy={policy} />}>
          <Lead note={policy.team ? `Owned by ${policy.team.name}` : undefined}>{sentence(policy)}</Lead>
          <PanelHeader title="Levels" note="and whom they page if it rings now" ruled />
          <Rows>
            {policy.levels.map((level, index) => (
              <LevelRow key={index} level={level} now={policy.ifItRangNow[index]!} last={index === policy.levels.length - 1} />
            ))}
          </Rows>
        </Columns>
      )}
      {paging && policy && <PageByPolicy policy={policy} onClose={() => setPaging(false)} />}
    </Page>
  )
}

function LevelRow({ level, now, last }: { level: Level; now: Policy['ifItRangNow'][number]; last: boolean }) {
  const empty = now.people.length === 0
  return (
    <Row
      className="items-start"
      lead={<StateGlyph kind={empty ? 'failed' : 'done'} />}
      note={
        empty ? (
          <span className="font-medium text-red">{asSentence(now.reason)}</span>
        ) : (
          <ul>
            {now.people.map((one) => (
              <li key={one.userId} className="flex items-start gap-2 py-1">
                <Avatar person={{ id: one.userId, name: one.name }} named={false} />
                <p className="min-w-0 flex-1">
                  <strong className="text-ink">{one.name}</strong> <span className="text-ink2">because: {one.reason}</span>
                  <span className="block">By {one.reached}</span>
                </p>
              </li>
            ))}
          </ul>
        )
      }
      meta={empty ? 'takes no time' : now.afterSeconds === 0 ? 'at once' : `after ${durationWords(now.afterSeconds)}`}
    >
      <span className="font-medium">Level {now.level}:</span> <Targets level={level} />
      {level.targets.length > 1 ? ', all at once' : ''}. {last ? 'Has' : 'Then the next level, if nobody answers in'}{' '}
      {durationWords(level.delaySeconds)}
      {last ? ' to answer.' : '.'}
    </Row>
  )
}

function Targets({ level }: { level: Level }) {
  const people = useAskAll('directory.listUsers', {}).data?.items.map(({ handle, name }) => ({ key: handle, name }))
  const schedules = useAsk('oncall.listSchedules', {}).data?.items.map(({ slug, name }) => ({ key: slug, name }))
  const teams = useAskAll('directory.listTeams', {}).data?.items.map(({ slug, name }) => ({ key: slug, name }))
  const nameOf = (some: readonly { key: string; name: string }[] | undefined, key: string) =>
    some?.find((one) => one.key === key)?.name ?? key
  return level.targets.map((target, index) => (
    <span key={index}>
      {index > 0 && (index === level.targets.length - 1 ? ' and ' : ', ')}
      {'schedule' in target ? (
        <>
          whoever is on call for{' '}
          <TextLink quiet href={`/oncall/schedules/${target.schedule}`}>
            {nameOf(schedules, target.schedule)}
          </TextLink>
        </>
      ) : 'team' in target ? (
        <>everybody of {nameOf(teams, target.team)}</>
      ) : (
        nameOf(people, target.user)
      )}
    </span>
  ))
}

function Side({ policy }: { policy: Policy }) {
  const services = useAskAll('directory.listServices', {})
  const paged = (services.data?.items ?? []).filter((service) => service.policy === policy.slug)
  return (
    <>
      <Panel title="If nobody answers">
        <p className="text-ink2">
          {policy.repeat === 0
            ? 'The levels are gone through once.'
            : `The levels are gone through ${policy.repeat === 1 ? 'once more' : `${policy.repeat} more times`}.`}{' '}
          Then{' '}
          {policy.team
            ? `the leads of ${policy.team.name} are told, or the administrators if there are none`
            : 'the administrators are told'}
          .
        </p>
      </Panel>
      <Panel title="If it is acknowledged and stays open">
        <p className="text-ink2">
          {policy.ackTimeoutSeconds === null
            ? 'It never pages again by itself.'
            : `It pages again after ${durationWords(policy.ackTimeoutSeconds)}.`}
        </p>
      </Panel>
      <Panel title="Services that page by it" note={services.data ? paged.length : undefined}>
        <Rows>
          {paged.map((service) => (
            <Row key={service.id}>
              <TextLink quiet href={`/services/${service.slug}`}>
                {service.name}
              </TextLink>
            </Row>
          ))}
        </Rows>
        {services.data && paged.length === 0 && <p className="text-ink2">None. Choose it on the page of a service.</p>}
      </Panel>
    </>
  )
}

function sentence({ ifItRangNow }: Policy): string {
  const told = ifItRangNow.filter((level) => level.people.length > 0)
  if (told.length === 0) return 'If it rang now, nobody would be told'
  const [first, second] = told
  return `If it rang now, it would tell ${named(first!.people)}${second ? `, then ${named(second.people)}${named(second.people) === named(first!.people) ? ' again' : ''} after ${durationWords(second.afterSeconds)}` : ''}`
}

function PageByPolicy({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const [form, setForm] = useState({ title: '', body: '' })
  const start = useDo('oncall.startPage')
  const navigate = useNavigate()
  const first = policy.ifItRangNow.find((level) => level.people.length > 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate({ policy: policy.slug, ...form }, { onSuccess: (page) => void navigate({ to: `/pages/${page.id}` }) })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Page ${policy.name}`}
      description={
        first
          ? `${named(first.people)} ${first.people.length === 1 ? 'is' : 'are'} paged at once, by the ways they chose.`
          : 'No level has anybody: those who own it are told at once.'
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="What is wrong"
          required
          maxLength={300}
          placeholder="Card payments fail, 8 % in eu-west"
          value={form.title}
          onChange={(event) => setForm({ ...form, title: event.target.value })}
        />
        <TextInput
          label="What they need to know"
          optional
          value={form.body}
          onChange={(event) => setForm({ ...form, body: event.target.value })}
        />
        {start.error && <ErrorNotice what={start.error.message} safe="Nobody was paged." reference={start.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={start.isPending}>
            Page now
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
