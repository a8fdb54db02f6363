export { announce, LiveRegion } from './announce.tsx';
export { Avatar } from './avatar.tsx';
export { Badge, toneSoft, toneText, type Tone } from './badge.tsx';
export { Banner, Notice } from './banner.tsx';
export { Button, buttonLook, type ButtonProps, type ButtonVariant } from './button.tsx';
export { Card, Facts, Section } from './card.tsx';
export { ConfirmDialog } from './confirm-dialog.tsx';
export { ConnectionContext, useOnline } from './connection.tsx';
export { AppSecret, CodeInput } from './authenticator.tsx';
export { CopyButton } from './copy-button.tsx';
export { cx } from './cx.ts';
export { Dialog } from './dialog.tsx';
export { DiffView, type DiffSide } from './diff-view.tsx';
export { Disclosure } from './disclosure.tsx';
export { DropdownMenu, type MenuItem } from './dropdown-menu.tsx';
export { EmptyState } from './empty-state.tsx';
export { ErrorPanel } from './error-panel.tsx';
export { FileDrop } from './file-drop.tsx';
export { FileList, type FileEntry } from './file-list.tsx';
export { FilterChips } from './filter-chips.tsx';
export { FormField } from './form-field.tsx';
export { formatBytes, formatClock, formatDate, formatDateTime, formatPosition, formatRelative } from './format-time.ts';
export { Icon, type LucideIcon } from './icon.tsx';
export { IconButton } from './icon-button.tsx';
export { Input } from './input.tsx';
export { Kbd } from './kbd.tsx';
export { LockNote, useLockSentence, type LockFacts } from './lock-note.tsx';
export { NowProvider, useNow } from './now.tsx';
export { OfflineGate, useOfflineReason } from './offline-gate.tsx';
export { Page, PageHeader } from './page-header.tsx';
export { useNamePage, usePageTitle, type Crumb } from './page-title.ts';
export { PasswordInput } from './password-input.tsx';
export { PersonCell } from './person-cell.tsx';
export { Popover } from './popover.tsx';
export { Progress, ProgressRing } from './progress.tsx';
export { ExternalAnchor, RichText, safeHref } from './rich-text.tsx';
export { saveText } from './save-text.ts';
export { SearchField } from './search-field.tsx';
export { Select, type SelectOption } from './select.tsx';
export {
  useRegisterShortcuts,
  useShortcutListener,
  useShortcuts,
  type Shortcut,
  type ShortcutGroup,
} from './shortcuts.ts';
export { Loading, Skeleton, useLate } from './skeleton.tsx';
export { Spinner } from './spinner.tsx';
export { StatTile } from './stat-tile.tsx';
export { StatusBadge } from './status-badge.tsx';
export type { StatusKind, StatusValue } from './vocabulary.ts';
export { Stepper, type Step } from './stepper.tsx';
export { SyncBadge, type SyncBadgeState } from './sync-badge.tsx';
export { Tabs, type TabItem } from './tabs.tsx';
export { Textarea } from './textarea.tsx';
export { TimeText } from './time-text.tsx';
export { toast, Toaster } from './toast.tsx';
export { Tooltip } from './tooltip.tsx';
