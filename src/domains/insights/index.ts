// The door of insights: figures from the record. It owns no table and changes nothing.
import { defineSlice } from '#kernel/define.ts'
import { load, noise, response } from './queries.ts'

export const insights = defineSlice({ name: 'insights', operations: { response, load, noise }, events: {} })
