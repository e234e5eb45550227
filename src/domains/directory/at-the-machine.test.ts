import { expect, test } from 'vitest'
import { isAtTheMachine } from './at-the-machine.ts'

test.each([
  [true, 'http://127.0.0.1:8080', true],
  [true, 'http://localhost:8080', true],
  [true, 'http://[::1]:8080', true],
  [false, 'http://127.0.0.1:8080', false],
  // Behind a proxy on the same machine that says nothing of whom it asks for.
  [true, 'https://tocsin.example.org', false],
  [true, 'http://localhost.example.org', false],
  [true, 'nonsense', false],
])('whoever comes from here: %s, to %s, sits at the machine: %s', (local, publicUrl, isThere) =>
  expect(isAtTheMachine({ local }, publicUrl)).toBe(isThere),
)
