// Helping somebody in: a link with which they set a password, by mail or to hand over.
import { useAsk, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, useToast } from '../../ui/index.ts'
import { HandOver } from './password-link.tsx'

export function SendLink({
  person: { handle, name, email },
  onClose,
}: {
  person: { handle: string; name: string; email?: string | undefined }
  onClose: () => void
}) {
  const mails = useAsk('directory.setupState', {}).data?.mails
  const send = useDo('directory.sendPasswordLink')
  const toast = useToast()
  const made = send.data?.link === undefined ? undefined : { link: send.data.link, expiresAt: send.data.expiresAt }
  const act = () =>
    send.mutate(
      { user: handle },
      {
        onSuccess: ({ mailed }) => {
          if (!mailed) return
          toast({ text: `A link is on its way to ${name}.` })
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Send ${name} a link to set a password`}
      width="narrow"
      description={
        made ? undefined : (
          <>
            {mails === false ? 'You get the link, and hand it over.' : `A mail goes to ${email ?? name}.`} The link works once, for seven
            days. Until it is used their password stays as it is; links made before no longer work.
          </>
        )
      }
      footer={
        made ? (
          <Button onClick={onClose}>Done</Button>
        ) : (
          <>
            <Button look="solid" sending={send.isPending} onClick={act}>
              {mails === false ? 'Make link' : 'Send link'}
            </Button>
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
          </>
        )
      }
    >
      {made && <HandOver name={name} {...made} />}
      {send.error && <ErrorNotice what={send.error.message} />}
    </Dialog>
  )
}
