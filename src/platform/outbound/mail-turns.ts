// Connections to mail servers, so many at once and no more: a server counts them, and turns a client away that opens one for each of a hundred mails.
import type { Duplex } from 'node:stream'
import { AppError } from '#kernel/errors.ts'
import { createGate } from '../database/gate.ts'

type Open = (host: string, port: number, options: { secure: boolean; timeoutSeconds: number }) => Promise<Duplex>

/** Postfix lets a client have 50. Whoever waits has looked already whether it is still wanted: few, and not for long. */
const mostAtOnce = 32

/** The same, each in its turn: it lasts until its connection is closed. Throws AppError 'unavailable' when its turn does not come in time. */
export function inMailTurns(open: Open): Open {
  const gate = createGate({ atOnce: mostAtOnce, mostWaiting: Infinity, busy: 'The mail server is busy.' })
  return (host, port, options) =>
    new Promise((resolve, reject) => {
      let isLate = false
      const limit = setTimeout(() => {
        isLate = true
        const reason = `${host}:${port} takes no more at this moment: ${mostAtOnce} mails are being handed to it, and none ended within ${options.timeoutSeconds} s.`
        reject(new AppError('unavailable', reason))
      }, options.timeoutSeconds * 1000)
      void gate(async () => {
        if (isLate) return
        clearTimeout(limit)
        try {
          const socket = await open(host, port, options)
          resolve(socket)
          if (!socket.closed) await new Promise<void>((closed) => socket.once('close', () => closed()))
        } catch (error) {
          reject(error as Error)
        }
      })
    })
}
