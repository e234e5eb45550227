// The runbooks of a run: one with two things that change something outside, and one with a step of every kind and times that run out.
const call = (id: string, more: object) => ({
  id,
  name: id,
  http: { method: 'POST', url: `https://x.example/{{ inputs.tag | url_encode }}/${id}`, danger: 'changes', ...more },
})
const inputs = [{ name: 'tag', label: 'Tag' }]

/** Two things that change something outside, with an approval between them. */
const both = {
  slug: 'both',
  name: 'Both',
  inputs,
  sections: [
    {
      name: 'A',
      steps: [
        call('first', { withoutApproval: 'it only opens a ticket' }),
        { id: 'approve', name: 'Approve', approve: { danger: 'It restarts it.' } },
        call('second', {}),
      ],
    },
  ],
}

export const answers = ['yes', 'no', 'more']
/** A step of every kind, with times that run out. */
const every = {
  slug: 'every',
  name: 'Every kind',
  inputs,
  sections: [
    {
      name: 'Look',
      steps: [
        { id: 'look', name: 'Look', note: 'Began for {{ inputs.tag }}' },
        { id: 'word', name: 'Word', set: { word: 'about {{ inputs.tag }}' } },
        {
          id: 'read',
          name: 'Read',
          http: { url: 'https://x.example/{{ inputs.tag | url_encode }}/read', danger: 'reads' },
          failed: 'rate',
        },
        call('third', { withoutApproval: 'it only opens a ticket' }),
        {
          id: 'rate',
          name: 'Rate',
          ask: {
            question: 'Is it better?',
            answers: answers.map((id) => ({ id, text: id, consequence: 'then it goes on', goto: id === 'more' ? 'settle' : 'choose' })),
            askAlso: { after: '30 s', who: [{ team: 'team-1' }] },
            timeout: { after: '2 min', answer: 'yes' },
          },
        },
        { id: 'settle', name: 'Settle', wait: { for: '1 min' }, next: 'rate' },
        { id: 'choose', name: 'Choose', branch: { cases: [{ when: 'answers.rate == "no"', goto: 'tell' }] } },
      ],
    },
    {
      name: 'Act',
      steps: [
        {
          id: 'agree',
          name: 'Agree',
          approve: { danger: 'It restarts it.', quorum: 2, refused: 'tell', timeout: { after: '3 min', goto: 'tell' } },
        },
        call('fourth', {}),
        { id: 'tell', name: 'Tell', update: { text: 'We look at {{ inputs.tag }}.' }, failed: 'move' },
        {
          id: 'move',
          name: 'Move',
          do: { command: 'incidents.changeState', input: { incident: '{{ incident.id }}', to: 'fixing', reason: 'The run says so.' } },
          failed: 'last',
        },
        { id: 'last', name: 'Last', note: 'Over' },
      ],
    },
  ],
}
export const runbooks = [both, every]
