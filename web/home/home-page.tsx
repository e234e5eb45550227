// Home: what needs me now.
import { Lead, Page } from '../shell/index.ts'

export default function HomePage() {
  return (
    <Page title="Home">
      <div className="px-4 tablet:px-6">
        <Lead>Nothing needs you</Lead>
      </div>
    </Page>
  )
}
