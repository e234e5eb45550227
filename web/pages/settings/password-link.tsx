// A link to set a password that nobody mails: whoever made it hands it over.
import { CopyLine, TimeText } from '../../ui/index.ts'

export function HandOver({ name, link, expiresAt }: { name: string; link: string; expiresAt: string }) {
  return (
    <div className="flex flex-col gap-2">
      <p>
        This installation sends no mail: give the link to {name} yourself, where nobody else reads it. It is shown once. Whoever opens it
        sets the password and is signed in.
      </p>
      <CopyLine label={`the link for ${name}`} value={link} />
      <p className="text-ink2">
        It works once, until <TimeText at={expiresAt} />.
      </p>
    </div>
  )
}
