// The side of Home: whom the reader is here, and the services.
import { useAsk } from '../../api/hooks.ts'
import { Panel, Row, Rows, TextLink } from '../../ui/index.ts'

export function HomeSide() {
  const services = useAsk('directory.listServices', { limit: 8 })
  return (
    <Panel title="Services" actions={<TextLink quiet href="/services">All</TextLink>}>
      <Rows>
        {(services.data?.items ?? []).map((service) => (
          <Row key={service.id} meta={service.policy ?? 'nobody is paged'}><TextLink quiet href={`/services/${service.slug}`}>{service.name}</TextLink></Row>
        ))}
      </Rows>
      {services.data?.items.length === 0 && <p className="text-ink2">None yet. <TextLink href="/services">Add the first one</TextLink></p>}
    </Panel>
  )
}
