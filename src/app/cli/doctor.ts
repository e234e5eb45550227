// `tocsin doctor`: what is wrong with this installation, in sentences, and how to mend it.
import { examine } from '../doctor/examine.ts'
import { exitCodes } from './exit.ts'
import { paint, write, writeJson } from './show.ts'

const signs = {
  broken: { sign: '✗', style: 'red' },
  warning: { sign: '!', style: 'yellow' },
  fine: { sign: '✓', style: 'green' },
} as const

/** Exit code 1 when something is broken; 0 with warnings. */
export async function doctor(environment: Record<string, string | undefined>, options: { json: boolean }): Promise<void> {
  const findings = await examine(environment)
  const count = (level: string) => findings.filter((finding) => finding.level === level).length
  const [broken, warnings] = [count('broken'), count('warning')]
  if (broken > 0) process.exitCode = exitCodes.refused
  if (options.json) return writeJson({ broken, warnings, findings })
  for (const { level, sentence, mend } of findings) {
    write(`${paint(signs[level].style, signs[level].sign)} ${sentence}`)
    if (mend !== null) write(`  ${mend}`)
  }
  write(
    broken + warnings === 0
      ? 'Nothing is wrong.'
      : `${broken} ${broken === 1 ? 'thing is' : 'things are'} broken, ${warnings} ${warnings === 1 ? 'needs' : 'need'} a look.`,
  )
}
