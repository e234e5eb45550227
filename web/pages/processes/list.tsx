// The processes that an incident can follow: two come with the product, an organisation's own stand beside them.
import { useAsk } from '../../api/hooks.ts'
import { Lead, Page } from '../../shell/index.ts'
import { ErrorNotice, Row, Rows, Skeleton, TextLink } from '../../ui/index.ts'

export default function ProcessesPage() {
  const { data, error } = useAsk('incidents.listProcesses', {})
  const items = data?.items ?? []
  return (
    <Page title="Processes" still>
      <div className="mx-auto max-w-240 px-4 pb-6 tablet:px-6">
        <Lead note="A process is data: copy one under a slug of your own, change it, check it and apply it.">How incidents go here</Lead>
        {error && <ErrorNotice what={error.message} reference={error.reference} />}
        {!data && !error && <Skeleton label="Processes" rows={2} tall />}
        <Rows label="Processes">
          {items.map((process) => (
            <Row
              key={process.slug}
              note={process.summary}
              meta={
                process.problems > 0 ? (
                  <span className="text-orange">
                    {process.problems} {process.problems === 1 ? 'problem' : 'problems'}
                  </span>
                ) : (
                  `version ${process.version}`
                )
              }
            >
              <TextLink quiet href={`/processes/${process.slug}`}>
                {process.name}
              </TextLink>
            </Row>
          ))}
        </Rows>
      </div>
    </Page>
  )
}
