// Plots, ninety days, curves.
import { ComponentHealth, PanelHeader, Plot, Sparkline, StackedDays, type Day, type Health } from '../ui/index.ts'
import { Sheet } from './shown.tsx'

const weeks = Array.from({ length: 11 }, (_, week) => Date.UTC(2026, 7, 31) / 1000 + week * 7 * 86400)
const median = [1.8, 2.1, 1.7, 1.9, 1.6, 1.35, 1.2, 1.1, 1.2, 1.05, 1.04]
const nine = [6.2, 7.4, 5.8, 6.6, 6.0, 4.6, 3.2, 3.4, 2.9, 3.1, 2.8]

const days = (broken: Record<number, [Health, number, string]>): Day[] =>
  Array.from({ length: 90 }, (_, index) => {
    const date = new Date(Date.UTC(2026, 7, 26 + index)).toISOString().slice(0, 10)
    const [health, share, note] = broken[index] ?? (['works', 0, undefined] as const)
    return { date, health, share, note }
  })

const components: { name: string; health: Health; word: string; uptime: string; days: Day[] }[] = [
  {
    name: 'Card payments',
    health: 'partly',
    word: 'Some payments in Europe fail',
    uptime: '99.91 %',
    days: days({
      12: ['partly', 0.1, 'Some cards refused, 40 min'],
      47: ['slow', 0.05, 'Slow, 20 min'],
      71: ['maintenance', 0.04, 'Planned work, 41 min'],
      89: ['partly', 0.6, 'Some card payments fail, 39 min'],
    }),
  },
  {
    name: 'Website and app',
    health: 'works',
    word: 'Works',
    uptime: '99.98 %',
    days: days({ 33: ['slow', 0.1, 'Slow, 12 min'], 60: ['down', 0.02, 'Down, 8 min'] }),
  },
  {
    name: 'Search',
    health: 'slow',
    word: 'Slower than usual',
    uptime: '99.95 %',
    days: days({ 20: ['slow', 0.2, 'Slow, 1 h'], 21: ['slow', 0.2, 'Slow, 1 h'], 89: ['slow', 0.2, 'Slower than usual'] }),
  },
]

export function Figures() {
  return (
    <Sheet>
      <div className="grid gap-6 py-3 desk:grid-cols-2">
        <Plot
          title="Time to acknowledge"
          unit="per week, minutes"
          times={weeks}
          series={[
            { label: 'half', values: median, look: 'ink' },
            { label: '9 of 10', values: nine, look: 'dashed' },
          ]}
          marks={[{ at: weeks[5]! - 3 * 86400, label: 'push before SMS' }]}
        />
        <div>
          <PanelHeader title="Curve" note="on a page" />
          <Sparkline
            alarming
            height={72}
            label="8 % fail, still rising, alert at 1 %"
            values={[0.2, 0.2, 0.2, 0.3, 0.2, 0.4, 1.2, 3.4, 5.2, 6.9, 7.6, 8]}
            threshold={{ value: 1, label: 'alert at 1 %' }}
          />
        </div>
      </div>
      <PanelHeader ruled title="Everything customers see" />
      {components.map((one) => (
        <div
          key={one.name}
          className="grid grid-cols-[1fr_auto] items-center gap-x-3 border-b border-line py-1.5 tablet:grid-cols-[170px_200px_1fr_60px]"
        >
          <strong className="font-medium">{one.name}</strong>
          <span className="text-ink2">
            <ComponentHealth health={one.health} word={one.word} />
          </span>
          <div className="max-tablet:order-last max-tablet:col-span-2">
            <StackedDays label={one.name} days={one.days} height={16} />
          </div>
          <span className="text-right text-ink2 tabular-nums">{one.uptime}</span>
        </div>
      ))}
    </Sheet>
  )
}
