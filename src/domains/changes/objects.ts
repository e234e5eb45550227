// How changes are located and named.
import { defineObject } from '#kernel/define.ts'
import { changeNames, findChange } from './store.ts'

export const changeObject = defineObject({
  kind: 'change',
  prefix: 'chg',
  locate: findChange,
  name: async (scope, ids) => new Map((await changeNames(scope, ids)).map(({ id, name }) => [id, name])),
})
