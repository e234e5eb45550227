// A request to this process's own way in, over its own port: the one call that needs no judgement, for its target is the server that makes it.
import { request } from 'node:http'

/** Status of the answer. `address` is what the server is bound to, as `http://127.0.0.1:8080`. Rejects when nobody answers in time. */
export function postToOwnDoor(
  address: string,
  path: string,
  body: unknown,
  { timeoutSeconds = 10 }: { timeoutSeconds?: number } = {},
): Promise<number> {
  const { hostname, port } = new URL(address)
  const text = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        // Bound to every address, it is reached by the loopback one.
        host: hostname === '0.0.0.0' ? '127.0.0.1' : hostname === '[::]' ? '::1' : hostname.replace(/^\[|\]$/g, ''),
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
        timeout: timeoutSeconds * 1000,
        agent: false,
      },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    asked.on('timeout', () => asked.destroy(new Error(`it did not answer in ${timeoutSeconds} s`)))
    asked.on('error', reject)
    asked.end(text)
  })
}
