import { expect, it } from 'vitest'
import { forbidGlobalFetch } from './seal.ts'

it('closes the global ways out for everybody, also when called twice', () => {
  const kept = ['fetch', 'WebSocket', 'EventSource'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  try {
    forbidGlobalFetch()
    forbidGlobalFetch()
    expect(() => fetch('https://example.com/')).toThrow('platform/outbound')
    expect(() => new WebSocket('wss://example.com/')).toThrow('platform/outbound')
    expect(() => Object.assign(globalThis, { fetch: () => undefined })).toThrow(TypeError)
  } finally {
    for (const [name, descriptor] of kept) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
})
