// The smallest request that still fails: parts of the body are taken out, halves first, as long as it does.
import type { Request } from './mutate.ts'

const mostTries = 300

/** `fails` sends a request. Gives back the request itself when it does not fail again by itself. */
export async function smallest(request: Request, fails: (request: Request) => Promise<boolean>): Promise<Request> {
  if (request.framing || !(await fails(request))) return request
  let found = request
  let tries = 0
  for (let size = Math.ceil(found.body.length / 2); size >= 1 && tries < mostTries; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < found.body.length && tries < mostTries;) {
      const smaller = { ...found, body: Buffer.concat([found.body.subarray(0, at), found.body.subarray(at + size)]) }
      tries++
      if (await fails(smaller)) found = smaller
      else at += size
    }
  return found
}
