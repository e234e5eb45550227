// The headers of every answer, and the cookie of a session.

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types tocsin',
].join('; ')

/** On every answer, whatever it is. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

export type SessionCookie = {
  name: string
  set(secret: string, maxAgeSeconds: number): string
  clear(): string
  read(header: string | undefined): string | undefined
}

/** `__Host-` and Secure wherever the browser takes them: on https, and on this machine. */
export function sessionCookie(publicUrl: string): SessionCookie {
  const url = new URL(publicUrl)
  const secure = url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  const name = secure ? '__Host-tocsin' : 'tocsin'
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return {
    name,
    set: (secret, maxAgeSeconds) => `${name}=${secret}; Max-Age=${Math.floor(maxAgeSeconds)}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
    read(header) {
      for (const part of (header ?? '').split(';')) {
        const [key, value] = part.trim().split('=')
        if (key === name && value && /^[\w-]{20,100}$/.test(value)) return value
      }
      return undefined
    },
  }
}
