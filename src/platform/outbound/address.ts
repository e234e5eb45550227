// What kind of place an IP address is. Pure: everything that is not plainly a public address has a class, and with it a reason to refuse.
// Ranges: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), and the addresses of clouds' metadata services.
import { isIP } from 'node:net'

export type AddressClass =
  'public' | 'loopback' | 'unspecified' | 'private' | 'shared' | 'link-local' | 'multicast' | 'broadcast' | 'reserved' | 'translated'

/** `words` completes "… is": the class as a sentence names it. `allowable`: whether an administrator may open it for a named host. */
export type Judgement = { class: AddressClass; words: string; allowable: boolean }

const words: Record<AddressClass, string> = {
  public: 'a public address',
  loopback: 'a loopback address (this machine itself)',
  unspecified: 'an unspecified address, which connects to this machine itself',
  private: 'an address of a private network',
  shared: 'an address of a shared carrier network (CGNAT)',
  'link-local': 'a link-local address, where clouds keep their metadata service',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  reserved: 'a reserved address',
  translated: 'a translated address',
}
const allowable = new Set<AddressClass>(['public', 'loopback', 'private', 'shared'])

const judged = (is: AddressClass, more = ''): Judgement => ({ class: is, words: words[is] + more, allowable: allowable.has(is) })
const metadata = (is: AddressClass): Judgement => ({ class: is, words: `${words[is]}: the metadata service of a cloud`, allowable: false })

/**
 * Judges an address in any form that a resolver or the URL parser gives: dotted IPv4, IPv6 without brackets. Anything else, an IPv6 zone
 * (`%eth0`) included, is 'reserved'. Documentation ranges count as public: nothing is routed there, and examples may use them.
 */
export function judgeAddress(address: string): Judgement {
  switch (isIP(address)) {
    case 4:
      return judgeIPv4(address.split('.').map(Number))
    case 6:
      return address.includes('%') ? judged('reserved', ' (it names a network interface)') : judgeIPv6(wordsOf(address))
    default:
      return judged('reserved', ' (it is no IP address)')
  }
}

function judgeIPv4(bytes: readonly number[]): Judgement {
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  if (a === 0) return judged('unspecified')
  if (a === 127) return judged('loopback')
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return judged('private')
  if (a === 169 && b === 254) return judged('link-local')
  if (a === 100 && b === 100 && c === 100 && d === 200) return metadata('shared')
  if (a === 100 && b >= 64 && b <= 127) return judged('shared')
  if (a === 168 && b === 63 && c === 129 && d === 16) return metadata('reserved')
  if (a === 192 && b === 0 && c === 0) return d === 192 ? metadata('reserved') : judged('reserved')
  if (a === 192 && b === 88 && c === 99) return judged('translated', ' (a 6to4 relay)')
  if (a === 198 && (b === 18 || b === 19)) return judged('reserved', ' (for benchmarks)')
  if (a >= 224 && a <= 239) return judged('multicast')
  if (a === 255 && b === 255 && c === 255 && d === 255) return judged('broadcast')
  return judged(a >= 240 ? 'reserved' : 'public')
}

function judgeIPv6(parts: readonly number[]): Judgement {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = parts
  const low = [g >> 8, g & 0xff, h >> 8, h & 0xff]
  if (a === 0 && b === 0 && c === 0 && d === 0) {
    if (e === 0 && f === 0 && g === 0 && h <= 1) return judged(h === 0 ? 'unspecified' : 'loopback')
    if (e === 0 && f === 0xffff) return judgeIPv4(low)
    if (e === 0 && f === 0) return translated('IPv4-compatible', low)
    if (e === 0xffff && f === 0) return translated('SIIT', low)
  }
  if (a === 0x64 && b === 0xff9b) {
    // An IPv6-only network reaches public IPv4 hosts by the well-known prefix (RFC 6052); anything else behind it is a way around.
    const isWellKnown = c === 0 && d === 0 && e === 0 && f === 0
    return isWellKnown && judgeIPv4(low).class === 'public' ? judged('public') : translated('NAT64', low)
  }
  if (a === 0x2002) return translated('6to4', [b >> 8, b & 0xff, c >> 8, c & 0xff])
  if (a === 0x2001 && b === 0)
    return translated(
      'Teredo',
      low.map((byte) => byte ^ 0xff),
    )
  if ((e === 0 || e === 0x200) && f === 0x5efe) return translated('ISATAP', low)
  if (a === 0xfd00 && b === 0x0ec2 && parts.slice(2, 7).every((part) => part === 0) && h === 0x254) return metadata('private')
  if (a >> 9 === 0xfc >> 1) return judged('private')
  if (a >> 6 === 0xfe80 >> 6) return judged('link-local')
  if (a >> 6 === 0xfec0 >> 6) return judged('private', ' (site-local)')
  if (a >> 8 === 0xff) return judged('multicast')
  // 2001::/23 is for protocols; of it, only what lies beyond is given to networks.
  if (a === 0x2001 && b < 0x200) return judged('reserved')
  return judged(a >> 13 === 1 ? 'public' : 'reserved')
}

/** An IPv6 form that carries an IPv4 address is refused as such; the sentence also says where it would have led. */
function translated(form: string, bytes: readonly number[]): Judgement {
  return judged('translated', ` (${form}) for ${bytes.join('.')}, ${judgeIPv4(bytes).words}`)
}

/** The eight 16-bit words of a valid IPv6 address. */
function wordsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const [head = '', tail] = (dotted ? `${dotted[1]}${hexPair(dotted[2], dotted[3])}:${hexPair(dotted[4], dotted[5])}` : address).split('::')
  const parts = (text: string) => (text === '' ? [] : text.split(':').map((part) => parseInt(part, 16)))
  if (tail === undefined) return parts(head)
  const [before, after] = [parts(head), parts(tail)]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

const hexPair = (high = '0', low = '0'): string => (Number(high) * 256 + Number(low)).toString(16)
