// Closes the ways out that the runtime itself offers to every line of code.

/** From now on `fetch`, `WebSocket` and `EventSource` throw in this process, whoever calls them. Called once, at start. */
export function forbidGlobalFetch(): void {
  for (const name of ['fetch', 'WebSocket', 'EventSource']) {
    const refused = function () {
      throw new Error(`${name} is closed: outgoing calls go through platform/outbound`)
    }
    Object.defineProperty(globalThis, name, { value: refused, writable: false, enumerable: false, configurable: true })
  }
}
