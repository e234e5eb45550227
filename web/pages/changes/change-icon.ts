// The glyph of changes, as on the timeline.
export { GitCommitHorizontal as changeIcon } from 'lucide-react'
