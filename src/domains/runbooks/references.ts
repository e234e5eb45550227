// Which inputs, steps and answers a template or a condition speaks of, so that a misspelt one is found before the run.
import type { Fault } from '#kernel/errors.ts'
import { compileTemplate } from '#kernel/templates.ts'

export type Reference = { root: 'incident' | 'inputs' | 'steps' | 'answers'; name: string; field: string | undefined }

/** Each once. Texts in quotes are not looked at. */
export function referencesIn(source: string, language: 'template' | 'condition'): Reference[] {
  const code = language === 'template' ? (source.match(/\{\{.*?\}\}|\{%.*?%\}/gs) ?? []).join(' ') : source
  const found = new Map<string, Reference>()
  for (const [written, root, name, field] of withoutTexts(code).matchAll(
    /(?<![\w.])(incident|inputs|steps|answers)\.([a-z_]\w*)(?:\.([a-z_]\w*))?/gi,
  ))
    found.set(written, { root: root as Reference['root'], name: name!, field })
  return [...found.values()]
}

/** What does not compile in a template, each with `path` and its line and column in the sentence. */
export function templateFaults(source: string, path: string): Fault[] {
  const compiled = compileTemplate(source)
  return 'faults' in compiled ? compiled.faults.map((fault) => ({ path, message: `${fault.path} ${fault.message}` })) : []
}

const withoutTexts = (code: string): string => code.replace(/"[^"\n]*"|'[^'\n]*'/g, "''")
