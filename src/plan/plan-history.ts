/**
 * `RetrieveRecordChangeHistory(Target=@target,PagingInfo=@paging)` and its like → a plan. The history of a row is for whoever has the privilege
 * and may read the row as it is now; of a row that is gone, for whoever may read all rows of its table.
 * `@paging={"PageNumber":1,"Count":20,"ReturnTotalRecordCount":true,"PagingCookie":"…"}`
 */
import { fail } from '../protocol/errors.ts'
import type { JsonValue } from '../protocol/row-json.ts'
import { asObject, type Body, flagOf, integerOf, textOf } from '../schema/metadata/metadata-body.ts'
import { bindEntity } from './bind-entity.ts'
import { getColumn } from './find-column.ts'
import type { QueryContext } from './query-context.ts'
import type { HistoryPage, ReadHistory } from './read-plan.ts'
import { demandOther } from './rights.ts'
import type { RowAddress } from './row-address.ts'

const MAX_ENTRIES = 5000

export function planHistory(target: JsonValue, column: string | undefined, paging: JsonValue | undefined, { schema, caller }: QueryContext): ReadHistory {
  demandOther(caller.rights, 'prvReadRecordAuditHistory')
  const address = bindEntity(target, 'Target', schema)
  return { kind: 'read-history', address, column: column === undefined ? undefined : getColumn(address.table, column).logicalName, page: pageOf(paging) }
}

/** `DeleteRecordChangeHistory`: what happened to one row is forgotten. */
export function planDeleteHistory(body: Body, { schema, caller }: QueryContext): { readonly kind: 'delete-history'; readonly row: RowAddress } {
  demandOther(caller.rights, 'prvDeleteRecordChangeHistory')
  return { kind: 'delete-history', row: bindEntity(body.Target, 'Target', schema) }
}

function pageOf(json: JsonValue | undefined): HistoryPage {
  const body = asObject(json) ?? {}
  const count = integerOf(body, 'Count') ?? MAX_ENTRIES
  const number = integerOf(body, 'PageNumber') ?? 1
  if (number < 1 || count < 0) throw fail('InvalidArgument', "The 'PageNumber' of 'PagingInfo' begins at 1, and its 'Count' is not negative.")
  return {
    number,
    count: Math.min(count === 0 ? MAX_ENTRIES : count, MAX_ENTRIES),
    isCounted: flagOf(body, 'ReturnTotalRecordCount') === true,
    after: parseCookie(textOf(body, 'PagingCookie') ?? ''),
  }
}

/** `<cookie page="1"><version last="1042"/></cookie>`: where the page before ended. */
export function formatHistoryCookie(page: number, last: bigint): string {
  return `<cookie page="${page}"><version last="${last}"/></cookie>`
}

function parseCookie(text: string): bigint | undefined {
  if (text === '') return undefined
  const last = /^<cookie page="\d{1,9}"><version last="(\d{1,18})"\/><\/cookie>$/.exec(text)?.[1]
  if (last === undefined) throw fail('InvalidArgument', "The 'PagingCookie' of 'PagingInfo' is none of this server's.")
  return BigInt(last)
}
