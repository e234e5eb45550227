// A socket in a folder, open for as long as its process lives: whoever finds that it answers knows that somebody has the folder, also from another container,
// where the number of a process says nothing. It never leaves the machine, and nothing is said over it.
import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** The socket of whoever has the folder. */
export const heldName = 'held'

/** Whether a process on this machine holds the folder now, by a socket of this name. */
export async function isHeld(folder: string, name: string): Promise<boolean> {
  const { path, close } = placeIn(folder, name)
  return answers(path).finally(close)
}

/**
 * Holds a folder that nobody holds, also when whoever held it last was killed. Answers the function that lets go. Where a file system has no sockets nothing is
 * held, and nobody hears of it.
 */
export async function holdFolder(folder: string, name: string): Promise<() => void> {
  const { path, close } = placeIn(folder, name)
  // What is left of one that was killed answers nobody.
  if (!(await answers(path))) rmSync(path, { force: true })
  const server = createServer((socket) => void socket.destroy())
  const isOpen = await listening(server, path)
  return () => {
    if (isOpen) server.close()
    close()
  }
}

const listening = (server: Server, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    server.on('error', () => resolve(false))
    server.listen(path, () => resolve(true))
    // It keeps no process that has nothing else to do.
    server.unref()
  })

/** It need not take what it is asked: it may be busy for seconds, and more may ask than it lets wait. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN'))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })

/** The path of a socket has a hundred characters at most, that of a folder may have more. */
function placeIn(folder: string, name: string): { path: string; close: () => void } {
  if (!existsSync('/proc/self/fd')) return { path: join(folder, name), close: () => {} }
  const opened = openSync(folder, 'r')
  return { path: `/proc/self/fd/${opened}/${name}`, close: () => closeSync(opened) }
}
