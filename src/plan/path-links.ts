/** How many other tables paths lead through, `primarycontactid/createdby/fullname` through two. Paths that begin alike share their links. */
import { fail } from '../protocol/errors.ts'
import { linkText } from './bind-path.ts'
import type { ColumnPath } from './bound-filter.ts'
import { MAX_LINKS } from './limits.ts'

export function refuseManyLinks(paths: readonly ColumnPath[]): void {
  const links = new Set<string>()
  for (const { from = '', steps } of paths) {
    // Before its links are written out: one path can be as long as a URL.
    if (steps.length > MAX_LINKS) throw fail('TooManyLinks')
    for (let length = 1; length <= steps.length; length++) links.add(`${from}:${linkText(steps.slice(0, length))}`)
  }
  if (links.size > MAX_LINKS) throw fail('TooManyLinks')
}
