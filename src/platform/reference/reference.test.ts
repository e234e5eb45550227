import { describe as group, expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, errorCodes, type ErrorCode } from '#kernel/errors.ts'
import type { AnyOperation, QueryContext } from '#kernel/command.ts'
import type { PageDefinition } from '#kernel/page.ts'
import { problemOf } from '../http/problem.ts'
import { fieldsOf } from './fields.ts'
import { describe } from './operations.ts'
import { referenceOf } from './pages.ts'

const Tree: z.ZodType<{ name: string; below?: unknown[] }> = z.object({
  name: z.string(),
  get below() {
    return z.array(Tree).optional()
  },
})
const listBells = defineQuery({
  name: 'bells.list',
  summary: 'List bells',
  http: 'GET /bells',
  needs: 'alerts:read',
  on: 'organisation',
  input: z.strictObject({
    tower: z.string().max(10).optional().meta({ description: 'Only of this tower' }),
    limit: z.coerce.number().int().default(50),
  }),
  output: z.object({ items: z.array(z.object({ id: z.string(), tone: z.enum(['low', 'high']).nullable() })) }),
  examples: [{ tower: 'north' }],
  run: async () => ({ items: [] }),
})
const ringBell = defineCommand({
  name: 'bells.ring',
  summary: 'Ring <a> bell',
  http: 'POST /bells/{bellId}/ring',
  needs: 'public',
  on: 'organisation',
  status: 202,
  input: z.strictObject({ bellId: z.string(), times: z.number().int() }),
  output: z.object({}),
  examples: [{ bellId: 'b 1', times: 3 }],
  run: async () => ({}),
})

group('fields', () => {
  test('are named by their path, with type, default and description', () => {
    expect(fieldsOf(listBells.input, 'input')).toEqual([
      { name: 'tower', type: 'text', required: false, preset: undefined, description: 'Only of this tower' },
      { name: 'limit', type: 'whole number', required: false, preset: '50', description: '' },
    ])
    expect(fieldsOf(listBells.output, 'output').map(({ name, type }) => [name, type])).toEqual([
      ['items', 'list of object'],
      ['items[].id', 'text'],
      ['items[].tone', '"low" or "high" or nothing'],
    ])
  })
  test('of a type that holds itself are finite', () => {
    expect(fieldsOf(Tree, 'input').map(({ name }) => name)).toEqual(['name', 'below'])
  })
})

const operations = [listBells, ringBell] as unknown as AnyOperation[]

test.each([
  {
    operation: operations[0]!,
    place: 'query',
    example: 'curl -H "Authorization: Bearer $TOCSIN_TOKEN" "$TOCSIN_URL/api/v1/bells?tower=north"',
  },
  {
    operation: operations[1]!,
    place: 'path',
    example: 'curl -X POST -H "Content-Type: application/json" \\\n  -d \'{"times":3}\' "$TOCSIN_URL/api/v1/bells/b%201/ring"',
  },
])('$operation.name has a call that can be copied', ({ operation, place, example }) => {
  expect(describe(operation).input[0]!.place).toBe(place)
  expect(describe(operation).example).toBe(example)
})

group('the page', () => {
  const [, index, area] = referenceOf(operations).pages as [PageDefinition, PageDefinition, PageDefinition]
  const ask = (page: PageDefinition, params: Record<string, string>) =>
    (page.run as (context: QueryContext, request: object) => ReturnType<PageDefinition['run']>)({} as QueryContext, { params })

  test('lists every operation, and shows each with its fields', async () => {
    expect((await ask(index, {})).body).toContain('<a href="/api/bells#bells.list">List bells</a>')
    const { body } = await ask(area, { area: 'bells' })
    expect(body).toContain('id="bells.ring"')
    expect(body).toContain('Ring &lt;a&gt; bell')
  })
  test('needs neither script nor inline style, so the policy of all pages holds', async () => {
    for (const { body } of [await ask(index, {}), await ask(area, { area: 'bells' })])
      expect(body).not.toMatch(/<script|style=|<style|\son\w+=/)
  })
  test('answers 404 for a part that is none', async () => {
    expect(await ask(area, { area: '<x>' })).toMatchObject({ status: 404 })
  })
})

test('every kind of failure has its place on the page that its type names', async () => {
  const page = referenceOf(operations).pages!.find(({ http }) => http === 'GET /docs/problems')!
  const { body, status } = await page.run({} as QueryContext as never, {} as never)
  expect(status).toBe(200)
  for (const code of Object.keys(errorCodes) as ErrorCode[]) {
    const type = problemOf(new AppError(code, 'x'), 'r').type
    expect(type).toBe(`/docs/problems#${code}`)
    expect(body).toContain(`id="${code}"`)
  }
})
