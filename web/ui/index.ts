// The door to the shared pieces. The parts that float load their own code when first used.
export { Approval, type ApprovalProps } from './approval.tsx'
export { Button, IconButton, type ButtonLook, type ButtonProps } from './button.tsx'
export { Checkbox, ChoiceGroup, Radio, Switch } from './choice.tsx'
export { cx } from './class-names.ts'
export { Clock, ClockDigits, Clocks, type ClockFace } from './clock.tsx'
export { ComponentHealth, healthFill, HealthShape, healthWord, type Health } from './component-health.tsx'
export { ConflictNotice } from './conflict-notice.tsx'
export { CopyLine } from './copy-line.tsx'
export { DescriptionList, type Description } from './description-list.tsx'
export { ConfirmDialog, Dialog, type DialogProps } from './dialog.tsx'
export { Diff, diffLines, type DiffLine } from './diff.tsx'
export { Empty } from './empty.tsx'
export { ErrorNotice, type ErrorNoticeProps } from './error-notice.tsx'
export { Field, Select, TextArea, TextInput, type ControlProps, type FieldFrame, type SelectOption } from './field.tsx'
export { Icon, type LucideIcon } from './icon.tsx'
export { Kbd } from './kbd.tsx'
export { useKeys, type KeyMap } from './keys.ts'
export { useListKeys, type ListKeys, type ListKeysOptions } from './list-keys.ts'
export { LiveBadge, LiveBar, type LiveState } from './live-badge.tsx'
export { Markdown, type SanitisedHtml } from './markdown.tsx'
export { Menu, type MenuAct, type MenuGroup } from './menu.tsx'
export { nowMs, setServerTime, useNow } from './now.ts'
export { CommandPalette, type PaletteItem } from './palette.tsx'
export { Box, Panel, PanelHeader } from './panel.tsx'
export { AssignButton, Avatar, AvatarStack, EmptySeat, Person, type PersonRef } from './person.tsx'
export { Plot, type PlotProps, type PlotSeries } from './plot.tsx'
export { Popover } from './popover.tsx'
export { Question, type Answer, type QuestionProps } from './question.tsx'
export { ReaderProvider, useReader, type Reader } from './reader.tsx'
export { Reason, ReasonTrace, Sentence, type SentencePart, type TraceStep } from './reason.tsx'
export { SegmentedControl } from './segmented-control.tsx'
export { Severity, SeverityBars, type SeverityLevel } from './severity.tsx'
export { AfterAMoment, Block, Skeleton } from './skeleton.tsx'
export { Sparkline, type SparklineProps } from './sparkline.tsx'
export { StackedDays, type Day } from './stacked-days.tsx'
export { glyphTone, StateGlyph, type GlyphKind, type StateKind, type StepKind } from './state-glyph.tsx'
export { State, StatePath, type PathStage } from './state.tsx'
export { Row, Rows, Table, type Column } from './table.tsx'
export { TabLinks, Tabs, type Tab } from './tabs.tsx'
export { PlainLink, TextLink } from './text-link.tsx'
export { Duration, TimeText, type TimeForm } from './time-text.tsx'
export {
  absoluteTime,
  browserZone,
  clockDigits,
  clockTime,
  dayWords,
  durationWords,
  relativeTime,
  zoneName,
  zoneOffset,
} from './time-words.ts'
export { NewEntries, Timeline, TimelineEntry, TimelineFold, type EntryKind, type EntryTone, type TimelineEntryProps } from './timeline.tsx'
export { initialsOf, tintOf } from './tint.ts'
export { ToastBar, ToastProvider, useToast, type Toast } from './toast.tsx'
export { Tooltip } from './tooltip.tsx'
export { VirtualRows, type VirtualRowsProps } from './virtual-rows.tsx'
