// What the conformance suite needs to try channels and actions: an address or input that their schema takes, and the settings they read.
// Nothing in here reaches an outside: the suite answers in its place.

export type Sample = { address: unknown; settings: Record<string, string> }

/** `integration/channel` → a sample. */
export const channelSamples: Record<string, Sample> = {
  '_example/beacon': { address: { device: 'a1b2c3d4e5' }, settings: { beaconToken: 'canary-beacon-token-0123456789' } },
  'email/email': {
    address: 'mara@example.org',
    settings: { smtpUrl: 'smtp://tocsin:canary-smtp-password@mail.example.org:587?from=tocsin@example.org' },
  },
  'web-push/web-push': {
    // The browser's key and the sender's key of RFC 8291, section 5 and of RFC 8292, section 2.4.
    address: {
      endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
      keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    },
    settings: {
      vapid:
        '{"publicKey":"BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8","privateKey":"yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"}',
    },
  },
}

/** `integration/action` → an input that its schema takes, and the settings it reads. */
export const actionSamples: Record<string, { input: unknown; settings: Record<string, string> }> = {
  '_example/listProblems': { input: { host: 'web-3' }, settings: { beaconToken: 'canary-beacon-token-0123456789' } },
}
