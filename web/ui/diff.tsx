// An exact change, line by line: − and + on their grounds, the object named above.

export interface DiffLine {
  sign: '-' | '+' | ' '
  text: string
}

/** `object` says what changes ("deployment/payments-gateway, 12 pods, eu-west"). */
export function Diff({ object, lines }: { object: string; lines: DiffLine[] }) {
  return (
    <figure className="overflow-hidden rounded-control border border-line font-mono text-meta leading-[17px]">
      <figcaption className="border-b border-line bg-canvas px-2.5 py-1 text-ink2">{object}</figcaption>
      <div tabIndex={0} role="group" aria-label={`Change of ${object}`} className="overflow-x-auto py-px">
        {lines.map((line, index) => (
          <div key={index} className={`px-2.5 wrap-break-word whitespace-pre-wrap ${grounds[line.sign]}`}>
            <span aria-hidden>{line.sign === '-' ? '−' : line.sign} </span>
            <span className="sr-only">{said[line.sign]}</span>
            {line.text}
          </div>
        ))}
      </div>
    </figure>
  )
}

/** The lines of a change from `before` to `after`: what both share stays, by the longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, next] = [before.split('\n'), after.split('\n')]
  const length = Array.from({ length: old.length + 1 }, () => new Uint32Array(next.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      length[i]![j] = old[i] === next[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < next.length) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      lines.push({ sign: ' ', text: old[i]! })
      i++
      j++
    } else if (j >= next.length || (i < old.length && length[i + 1]![j]! >= length[i]![j + 1]!)) lines.push({ sign: '-', text: old[i++]! })
    else lines.push({ sign: '+', text: next[j++]! })
  }
  return lines
}

const grounds = { '-': 'bg-red-bg text-red', '+': 'bg-teal-bg text-teal', ' ': 'text-ink2' }
const said = { '-': 'removed: ', '+': 'added: ', ' ': '' }
