// What is made of a text is made once for as long as it is asked for: what people wrote (rules, templates, runbooks) is little, and is read again at every step.

/** Characters of all texts of one kind together; beyond that everything is made anew. */
const mostCharacters = 4_000_000

/** The same function of a text, which must depend on nothing else. Its answers are shared: whoever gets one may not change it. */
export function kept<Answer>(make: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>()
  let characters = 0
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const made = make(text)
    if (characters + text.length > mostCharacters) {
      answers.clear()
      characters = 0
    }
    answers.set(text, made)
    characters += text.length
    return made
  }
}

/** JSON that nobody can change any more, in no part. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
