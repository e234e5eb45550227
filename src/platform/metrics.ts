// Prometheus metrics of this node.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'tocsin_' })
  const registers = [registry]
  return {
    registry,
    requests: new Counter({
      name: 'tocsin_http_requests_total',
      help: 'Requests by method and status',
      labelNames: ['method', 'status'],
      registers,
    }),
    ingested: new Counter({ name: 'tocsin_signals_total', help: 'Signals stored, by integration kind', labelNames: ['kind'], registers }),
    refused: new Counter({
      name: 'tocsin_inbound_refused_total',
      help: 'Inbound requests refused, by kind and status',
      labelNames: ['kind', 'status'],
      registers,
    }),
    ingestSeconds: new Histogram({
      name: 'tocsin_ingest_seconds',
      help: 'From the last byte of a request to its commit',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    backlog: new Gauge({ name: 'tocsin_backlog_signals', help: 'Signals taken in and not yet read', registers }),
    spooled: new Gauge({ name: 'tocsin_spool_open', help: '1 while signals are kept in a file because the database is away', registers }),
    parkedJobs: new Gauge({ name: 'tocsin_parked_jobs', help: 'Jobs set aside after repeated failures', registers }),
  }
}
