import { describe, expect, test } from 'vitest'
import { compileTemplate, renderTemplate } from './templates.ts'

const data = {
  title: '<b>disk</b> & "co"',
  labels: { env: 'prod', 'a b': '{{ title }}' },
  hosts: ['web-1', 'web-2'],
  count: 3,
  startedAt: '2026-11-25T08:00:00.000Z',
}

function render(source: string, escape: 'none' | 'html' = 'none') {
  const compiled = compileTemplate(source)
  if ('faults' in compiled) throw new Error(JSON.stringify(compiled.faults))
  return renderTemplate(compiled, data, { escape })
}

describe('a template renders over plain data', () => {
  test.each<[source: string, text: string]>([
    ['{{ title }} in {{ labels.env | upcase }}', '<b>disk</b> & "co" in PROD'],
    ['{% for host in hosts %}{{ host }}{% unless forloop.last %}, {% endunless %}{% endfor %}', 'web-1, web-2'],
    ['{% if count > 2 %}many{% else %}few{% endif %}', 'many'],
    ['{% if labels.team %}{{ labels.team }}{% else %}nobody{% endif %}', 'nobody'],
    ["{{ labels.team | default: 'nobody' }}", 'nobody'],
    ["{{ startedAt | time: 'Europe/Berlin' }}", 'Wed 25 Nov, 09:00 CET'],
    ["{{ labels['a b'] }}", '{{ title }}'],
    ['{{ hosts | json }}', '["web-1","web-2"]'],
  ])('%s', (source, text) => expect(render(source)).toEqual({ text }))
})

describe('as HTML every value is escaped, and the markup of the template stays', () => {
  test.each<[source: string, text: string]>([
    ['<p>{{ title }}</p>', '<p>&lt;b&gt;disk&lt;/b&gt; &amp; &quot;co&quot;</p>'],
    ['{{ title | append: "<i>" | upcase }}', '&lt;B&gt;DISK&lt;/B&gt; &amp; &quot;CO&quot;&lt;I&gt;'],
    ['{% capture c %}{{ title }}{% endcapture %}{{ c }}', '&amp;lt;b&amp;gt;disk&amp;lt;/b&amp;gt; &amp;amp; &amp;quot;co&amp;quot;'],
    ['{{ labels }}', '{&quot;env&quot;:&quot;prod&quot;,&quot;a b&quot;:&quot;{{ title }}&quot;}'],
    ['{{ hosts }}', 'web-1web-2'],
  ])('%s', (source, text) => expect(render(source, 'html')).toEqual({ text }))
})

describe('what a template may not say is a fault with its place', () => {
  test.each<[source: string, path: string, message: RegExp]>([
    ['{{ title | raw }}', '1:1', /undefined filter: raw/],
    ["{{ 'now' | date: '%Y' }}", '1:1', /undefined filter: date/],
    ["a\n  {% include 'x' %}", '2:3', /tag "include" not found/],
    ['{% echo title %}', '1:1', /tag "echo" not found/],
    ['{% cycle title, title %}', '1:1', /tag "cycle" not found/],
    ['{% liquid\necho title %}', '1:1', /tag "liquid" not found/],
    ["{{ hosts | where_exp: 'h', 'h.a' }}", '1:1', /undefined filter: where_exp/],
    ['{{ hosts | sample }}', '1:1', /undefined filter: sample/],
    ['{% if title %}', '1:1', /not closed/],
    ['{{ title', '1:1', /not closed/],
    ['x'.repeat(65_537), '1:1', /longer than 65536/],
  ])('%s', (source, path, message) => {
    expect(compileTemplate(source)).toEqual({ faults: [{ path, message: expect.stringMatching(message) as string }] })
  })
})

describe('what cannot be rendered is an error with its place', () => {
  test.each<[source: string, error: RegExp]>([
    ['{{ labels.team }}', /^1:\d+ undefined variable: labels\.team$/],
    ['{{ labels.constructor }}', /undefined variable/],
    ['{{ title.__proto__ }}', /undefined variable/],
    ["{{ title | time: 'Europe/Berlin' }}", /not a time/],
    ["{{ startedAt | time: 'Mars/Base' }}", /not a time zone/],
    ['{% for i in (1..100000000) %}x{% endfor %}', /memory|limit/],
    ["{% assign s = 'xxxxxxxxxx' %}{% for i in (1..1000) %}{% assign s = s | append: s %}{% endfor %}", /limit/],
    ['{% for i in (1..5000) %}{% for j in (1..5000) %}{% if i > j %}{% endif %}{% endfor %}{% endfor %}', /limit/],
    [
      `{% capture all %}{% for i in (1..7000) %}${'x'.repeat(60_000)}{% endfor %}{% endcapture %}{% if all contains 'y' %}{% endif %}`,
      /memory/,
    ],
    [`{% for i in (1..1000) %}${'x'.repeat(1000)}{% endfor %}`, /longer than 262144|limit/],
  ])('%s', (source, error) => expect(render(source)).toEqual({ error: expect.stringMatching(error) as string }))
})
