// What the one way out looks like to effects and integrations; platform/outbound is its only implementation.

export type OutboundRequest = {
  url: string
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** For the whole exchange, redirects included. Default 10. */
  timeoutSeconds?: number
  /** Of the unpacked answer. Default 1 MiB. */
  maxBytes?: number
  /** Default 5; 0 hands a redirect back as it is. */
  maxRedirects?: number
  /**
   * Whether it does no harm that it arrives twice. Then it may go over a connection that was kept, and once more over a new one when the server had given
   * that up. Default: true for GET and HEAD.
   */
  mayRepeat?: boolean
}

export type OutboundResponse = {
  status: number
  headers: Record<string, string>
  /** The unpacked body. */
  bytes: Uint8Array
  text(): string
  /** Where the answer came from, after redirects. */
  url: string
}

export interface Outbound {
  /** Resolves with any HTTP answer; throws AppError 'refused' when the address is not allowed, 'unavailable' when there is no answer. */
  fetch(request: OutboundRequest): Promise<OutboundResponse>
  /** An open, judged socket to a mail server; TLS from the start when `secure`. */
  connectMail(host: string, port: number, options: { secure: boolean; timeoutSeconds: number }): Promise<import('node:stream').Duplex>
}
