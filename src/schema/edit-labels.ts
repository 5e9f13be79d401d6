/** Changing labels: `MSCRM.MergeLabels: true` keeps the languages that a change does not name, otherwise the change is the whole. */
import type { Label } from './label.ts'

export function editLabel(current: Label, change: Label | undefined, merge: boolean): Label
export function editLabel(current: Label | undefined, change: Label | undefined, merge: boolean): Label | undefined
export function editLabel(current: Label | undefined, change: Label | undefined, merge: boolean): Label | undefined {
  if (change === undefined) return current
  return merge ? { ...current, ...change } : change
}

/** Adds a text in every language: `Balance` → `Balance (Base)`. */
export function suffixLabel(label: Label, suffix: string): Label {
  return Object.fromEntries(Object.entries(label).map(([language, text]) => [language, `${text}${suffix}`]))
}
