// What stands where a page would: nothing is there, or it failed.
import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from './ui/button.tsx'
import { Empty } from './ui/empty.tsx'
import { ErrorNotice } from './ui/error-notice.tsx'

/** No such page, or none that this reader may see: the two look the same on purpose. */
export function NotFound() {
  return (
    <main id="main" className="mx-auto max-w-120 p-6">
      <h1 className="sr-only">Not found</h1>
      <Empty
        title="Nothing is here"
        act={
          <Button look="solid" href="/">
            Go home
          </Button>
        }
      >
        The address is wrong, it was deleted, or it belongs to a team you are not in.
      </Empty>
    </main>
  )
}

/** Nobody can be asked who reads this: a sentence instead of an empty page. */
export function SessionFailed({ sentence, retry }: { sentence: string; retry: () => void }) {
  return (
    <main id="main" className="mx-auto max-w-120 p-6">
      <h1 className="sr-only">Tocsin cannot show this now</h1>
      <ErrorNotice what={sentence} todo="This page is tried again by itself." onRetry={retry} />
    </main>
  )
}

/** A page whose code threw. What others did meanwhile is safe: it lives on the server. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-120 p-6">
      <ErrorNotice
        what="This page could not be shown"
        safe="Nothing you did is lost: it is stored on the server."
        reference={error instanceof Error ? error.message : String(error)}
        onRetry={reset}
      />
    </div>
  )
}
