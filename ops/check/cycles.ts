// No file imports itself through others, types included: a cycle of types is two files that are one.
import { importsOf } from './imports.ts'
import type { Rule, Source } from './rule.ts'

/** One violation a cycle, at its first file in the alphabet. */
export const noImportCycles: Rule = (sources) => {
  const graph = new Map(sources.filter((source) => /\.(tsx?|mjs)$/.test(source.path)).map((source) => [source.path, targets(source)]))
  return components(graph)
    .filter((files) => files.length > 1)
    .map((files) => {
      const [first, ...rest] = files.sort()
      const next = graph.get(first!)!.find(({ to }) => rest.includes(to))
      return {
        path: first!,
        line: next?.line ?? 1,
        message: `imports itself through ${rest.join(', ')}: move what both sides need into a file of its own`,
      }
    })
}

const targets = (source: Source) => importsOf(source).map(({ target, line }) => ({ to: target, line }))

/** Strongly connected components (Tarjan, 1972). */
function components(graph: Map<string, { to: string }[]>): string[][] {
  const found: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const { to } of graph.get(node)!) {
      if (!graph.has(to)) continue
      if (!index.has(to)) visit(to)
      if (stack.includes(to)) low.set(node, Math.min(low.get(node)!, low.get(to)!))
    }
    if (low.get(node) === index.get(node)) found.push(stack.splice(stack.indexOf(node)))
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}
