import { expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { invitationMail, updateMail } from './messages.ts'

const page = { name: 'Fernhill status', zone: 'Europe/Berlin' }
const update = {
  state: 'Fixing',
  headline: 'Some card payments in Europe fail',
  text: 'We are **undoing** a release.\n\n<script>x</script>',
  nextUpdateAt: instant('2026-11-23T13:45:00Z'),
  lastedSeconds: null,
}
const links = { pageUrl: 'https://status.test/s/fernhill', stopUrl: 'https://status.test/s/unsubscribe/abc' }

test('an update says its state and what fails first, then the text, the next update with its zone, and how to stop', () => {
  expect(updateMail({ page, update, ...links })).toEqual({
    title: 'Fixing: Some card payments in Europe fail',
    body: 'We are undoing a release.\n\n<script>x</script>\n\nNext update by Mon 23 Nov, 14:45 CET.\n\nYou get this because this address follows Fernhill status.',
    stopUrl: links.stopUrl,
    url: 'https://status.test/s/fernhill',
  })
})
test('the last update says that it is over and how long it took', () => {
  expect(updateMail({ page, update: { ...update, nextUpdateAt: null, lastedSeconds: 3120 }, ...links }).title).toBe(
    'Over: Some card payments in Europe fail, 52 min',
  )
})
test('the invitation asks, and says what happens without an answer', () => {
  expect(invitationMail(page, 'https://status.test/s/confirm/abc')).toMatchObject({
    title: 'Confirm that you want updates of Fernhill status',
    url: 'https://status.test/s/confirm/abc',
  })
})
