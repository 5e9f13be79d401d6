/** How many other tables paths lead through, `primarycontactid/createdby/fullname` through two. Paths that begin alike share their links. */
import { fail } from '../protocol/errors.ts'
import { linkText } from './bind-path.ts'
import type { ColumnPath, LookupStep } from './bound-filter.ts'
import { MAX_LINKS } from './limits.ts'

/** `primarycontactid/`, `primarycontactid/createdby/`: each link that the steps follow, with the way to it. */
export function linksAlong(steps: readonly LookupStep[]): readonly string[] {
  // Before they are written out: one path can be as long as a URL.
  if (steps.length > MAX_LINKS) throw fail('TooManyLinks')
  return steps.map((_step, index) => linkText(steps.slice(0, index + 1)))
}

export function refuseManyLinks(paths: readonly ColumnPath[]): void {
  const links = new Set<string>()
  for (const { from = '', steps } of paths) for (const link of linksAlong(steps)) links.add(`${from}:${link}`)
  if (links.size > MAX_LINKS) throw fail('TooManyLinks')
}
