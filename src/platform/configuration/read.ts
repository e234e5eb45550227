// From files to specs: every YAML document says its `kind`, and keeps its place, so that whatever is found later can name file, line and column.
import { AppError } from '#kernel/errors.ts'
import type { ResourceDefinition } from '#kernel/resource.ts'
import type { z } from 'zod'
import { ordinaryLimits, spokenBytes, type ParseLimits } from '../http/parse-limits.ts'
import { readYaml, type YamlDocument } from '../http/yaml.ts'
import { sentencesOf, spoken, type Place, type PlacedFault } from './faults.ts'
import { didYouMean } from './nearest.ts'
import { specSchema } from './schemas.ts'

export type SourceFile = { path: string; text: string }

/** One document that its kind's schema accepts. `placeOf` takes a JSON pointer into the spec and gives where that is written. */
export type Written = { resource: ResourceDefinition; key: string; spec: unknown; placeOf: (pointer: string) => Place }
/** `broken` holds, as `team payments`, what is written but does not pass its schema: a reference to it is not another fault. */
export type Reading = { written: Written[]; broken: Set<string>; faults: PlacedFault[] }

/** What one configuration may hold. A file's text travels in one JSON string, hence its bound. */
export const configurationLimits = { files: 20_000, fileBytes: ordinaryLimits.stringBytes }
const parseLimits: ParseLimits = { ...ordinaryLimits, bytes: configurationLimits.fileBytes }

/** Reads all files; what is wrong is gathered, so that one look shows everything. */
export function readFiles(files: readonly SourceFile[], resources: readonly ResourceDefinition[]): Reading {
  const reading = inSteps(files, resources)
  for (;;) {
    const { done, value } = reading.next()
    if (done) return value
  }
}

/** So long others wait for a node that reads a configuration. */
const mostMs = 20

/** The same with pauses, in which a node does what else there is to do. */
export async function readFilesInTurns(
  files: readonly SourceFile[],
  resources: readonly ResourceDefinition[],
  othersTurn: () => Promise<unknown>,
): Promise<Reading> {
  const reading = inSteps(files, resources)
  for (let began = performance.now(); ;) {
    const { done, value } = reading.next()
    if (done) return value
    if (performance.now() - began < mostMs) continue
    await othersTurn()
    began = performance.now()
  }
}

function* inSteps(files: readonly SourceFile[], resources: readonly ResourceDefinition[]): Generator<void, Reading> {
  const kinds = new Map(resources.map((resource) => [resource.kind, resource]))
  const reading: Reading = { written: [], broken: new Set(), faults: [] }
  if (files.length > configurationLimits.files) {
    reading.faults.push({
      place: { file: files[configurationLimits.files]!.path, line: 1, column: 1 },
      message: `there are more than ${configurationLimits.files} files: put several documents into one file, parted by ---`,
    })
    return reading
  }
  for (const file of files) yield* readFile(file, kinds, reading)
  return reading
}

function* readFile(
  { path: file, text }: SourceFile,
  kinds: ReadonlyMap<string, ResourceDefinition>,
  reading: Reading,
): Generator<void, void> {
  const { faults } = reading
  const bytes = Buffer.from(text, 'utf8')
  const whole = (message: string) => void faults.push({ place: { file, line: 1, column: 1 }, message })
  if (bytes.length > parseLimits.bytes) return whole(`the file is larger than ${spokenBytes(parseLimits.bytes)}: split it`)
  let documents: YamlDocument[]
  try {
    documents = readYaml(bytes, parseLimits)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const fault = error.faults[0]
    const [, line, column] = /^body:(\d+):(\d+)$/.exec(fault?.path ?? '') ?? []
    return void faults.push({
      place: { file, line: Number(line ?? 1), column: Number(column ?? 1) },
      message: (fault?.message ?? error.message).replace(/^The body\b/, 'the file'),
      unreadable: true,
    })
  }
  yield
  for (const document of documents) {
    if (document.value !== null) readDocument(file, document, kinds, reading)
    yield
  }
}

function readDocument(
  file: string,
  document: YamlDocument,
  kinds: ReadonlyMap<string, ResourceDefinition>,
  { written, broken, faults }: Reading,
): void {
  const at = (path: readonly PropertyKey[]): Place => ({ file, ...document.placeOf(path as (string | number)[]) })
  const { value } = document
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return void faults.push({
      place: at([]),
      message: `a document is an object that begins with \`kind:\`, one of ${[...kinds.keys()].join(', ')}`,
    })
  const { kind, ...spec } = value as Record<string, unknown>
  if (kind === undefined)
    return void faults.push({ place: at([]), message: `the document does not say its \`kind:\`, one of ${[...kinds.keys()].join(', ')}` })
  if (typeof kind !== 'string')
    return void faults.push({ place: at(['kind']), message: `kind: ${spoken(kind)} is not one of ${[...kinds.keys()].join(', ')}` })
  const resource = kinds.get(kind)
  if (!resource)
    return void faults.push({
      place: at(['kind']),
      message: `there is no kind ${kind}${didYouMean(kind, kinds.keys()) || `; there are ${[...kinds.keys()].join(', ')}`}`,
    })
  const parsed = (resource.schema as z.ZodType).safeParse(spec)
  if (!parsed.success) {
    const read = { value: spec, wordAt: (path: readonly PropertyKey[]) => document.wordAt(path as (string | number)[]) }
    for (const { path, message } of sentencesOf(parsed.error, read, specSchema(resource))) faults.push({ place: at(path), message })
    for (const name of ['slug', 'handle']) if (typeof spec[name] === 'string') broken.add(`${resource.kind} ${spec[name]}`)
    return
  }
  written.push({ resource, key: resource.key(parsed.data), spec: parsed.data, placeOf: (pointer) => at(stepsOf(pointer)) })
}

const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
