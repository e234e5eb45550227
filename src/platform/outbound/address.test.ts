import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { judgeAddress, type AddressClass } from './address.ts'

const table: [string, AddressClass, string?][] = [
  ['127.0.0.1', 'loopback', 'this machine itself'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['10.255.255.255', 'private'],
  ['172.15.255.255', 'public'],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['192.168.0.1', 'private'],
  ['192.169.0.1', 'public'],
  ['100.63.255.255', 'public'],
  ['100.64.0.1', 'shared'],
  ['100.127.255.255', 'shared'],
  ['100.128.0.0', 'public'],
  ['100.100.100.200', 'shared', 'metadata'],
  ['169.254.169.254', 'link-local', 'metadata'],
  ['168.63.129.16', 'reserved', 'metadata'],
  ['192.0.0.192', 'reserved', 'metadata'],
  ['192.88.99.1', 'translated', '6to4'],
  ['198.18.0.1', 'reserved'],
  ['198.20.0.1', 'public'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['203.0.113.9', 'public'],
  ['8.8.8.8', 'public'],
  ['::', 'unspecified'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::1', 'loopback'],
  ['::2', 'translated', 'IPv4-compatible'],
  ['::127.0.0.1', 'translated', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:a9fe:a9fe', 'link-local'],
  ['::FFFF:10.0.0.5', 'private'],
  ['::ffff:8.8.8.8', 'public'],
  ['::ffff:0:127.0.0.1', 'translated', 'loopback'],
  ['64:ff9b::7f00:1', 'translated', 'loopback'],
  ['64:ff9b::10.0.0.1', 'translated', 'private'],
  ['64:ff9b::8.8.8.8', 'public'],
  ['64:ff9b:1::7f00:1', 'translated', 'loopback'],
  ['64:ff9b:1::808:808', 'translated'],
  ['2002:7f00:1::', 'translated', 'loopback'],
  ['2002:808:808::1', 'translated'],
  ['2001:0:7f00:1::', 'translated', 'Teredo'],
  ['2001::80ff:fffe', 'translated', 'loopback'],
  ['2a00:1450::5efe:10.0.0.1', 'translated', 'ISATAP'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'private'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['fd00:ec2::254', 'private', 'metadata'],
  ['ff02::1', 'multicast'],
  ['100::1', 'reserved'],
  ['2001:10::1', 'reserved'],
  ['2001:1ff::1', 'reserved'],
  ['2001:200::1', 'public'],
  ['2001:db8:1::5', 'public'],
  ['2a00:1450:4001:80b::200e', 'public'],
  ['5f00::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['fe80::1%eth0', 'reserved'],
  ['127.1', 'reserved', 'no IP address'],
  ['0x7f.0.0.1', 'reserved', 'no IP address'],
  ['', 'reserved', 'no IP address'],
]

describe('the class of an address', () => {
  it.each(table)('%s is %s', (address, expected, words = '') => {
    const judgement = judgeAddress(address)
    expect(judgement.class).toBe(expected)
    expect(judgement.words).toContain(expected === 'link-local' ? 'link-local' : expected)
    expect(judgement.words).toContain(words)
  })
  it('can be opened by an administrator only for this machine and private networks, never for metadata services', () => {
    for (const [address, is, more] of table)
      expect(judgeAddress(address).allowable).toBe(['public', 'loopback', 'private', 'shared'].includes(is) && more !== 'metadata')
  })
  it('is the same for an IPv4 address and its IPv4-mapped form', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(judgeAddress(`::ffff:${address}`)).toEqual(judgeAddress(address))
      }),
    )
  })
})
