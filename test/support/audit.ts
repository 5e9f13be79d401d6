/** Rows of `audits` and histories, as tests look at them. */
import assert from 'node:assert/strict'
import { type Api, expectStatus } from './api.ts'
import { type Body, label } from './make-table.ts'

export const AUDITED: Body = { IsAuditEnabled: { Value: true } }
/** `audit.action`, as documented. */
export const ACTION = {
  create: 1,
  update: 2,
  delete: 3,
  activate: 4,
  deactivate: 5,
  merge: 12,
  assign: 13,
  share: 14,
  associate: 33,
  modifyShare: 48,
  unshare: 49,
}
const MERGE = { 'MSCRM.MergeLabels': 'true' }

export type Entry = {
  readonly auditid: string
  readonly action: number
  readonly operation: number
  readonly objecttypecode: string
  readonly attributemask: string | null
  readonly changedata: string
  readonly transactionid: string
  readonly createdon: string
  readonly _objectid_value: string
  readonly _userid_value: string
  readonly _callinguserid_value: string | null
}

/** Column → the value before and after. */
export type Changes = { readonly [column: string]: readonly [before: string | null, after: string | null] }

export function changesIn({ changedata }: Entry): Changes {
  const { changedAttributes } = JSON.parse(changedata)
  return Object.fromEntries(changedAttributes.map(({ logicalName, oldValue, newValue }: Record<string, string>) => [logicalName, [oldValue, newValue]]))
}

export type AuditReader = {
  readonly switchAudit: (isOn: boolean) => Promise<void>
  /** What happened to a row, oldest first. */
  readonly entriesOf: (id: string) => Promise<readonly Entry[]>
  readonly actionsOf: (id: string) => Promise<readonly number[]>
  /** The one entry of this action. */
  readonly only: (id: string, action: number) => Promise<Entry>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into details of every shape
  readonly history: (address: string, paging?: Body) => Promise<any>
}

export function auditReader(api: Api): AuditReader {
  async function switchAudit(isauditenabled: boolean): Promise<void> {
    const { OrganizationId } = expectStatus(await api.get('WhoAmI'), 200).body
    expectStatus(await api.patch(`organizations(${OrganizationId})`, { isauditenabled }), 204)
  }
  async function entriesOf(id: string): Promise<readonly Entry[]> {
    return expectStatus(await api.get(`audits?$filter=_objectid_value eq ${id}&$orderby=createdon,auditid`), 200).body.value
  }
  async function only(id: string, action: number): Promise<Entry> {
    const found = (await entriesOf(id)).filter((entry) => entry.action === action)
    assert.equal(found.length, 1, `${found.length} entries of action ${action}`)
    return found[0] as Entry
  }
  async function history(address: string, paging?: Body) {
    const info = paging ? [',PagingInfo=@p', `&@p=${encodeURIComponent(JSON.stringify(paging))}`] : ['', '']
    const path = `RetrieveRecordChangeHistory(Target=@t${info[0]})?@t={'@odata.id':'${address}'}${info[1]}`
    return expectStatus(await api.get(path), 200).body.AuditDetailCollection
  }
  return { switchAudit, entriesOf, actionsOf: async (id) => (await entriesOf(id)).map(({ action }) => action), only, history }
}

/** The definition as it is, but for what is changed. */
export async function changeTable(api: Api, table: string, change: Body) {
  const { body } = expectStatus(await api.get(`EntityDefinitions(LogicalName='${table}')`), 200)
  return api.put(`EntityDefinitions(LogicalName='${table}')`, { ...body, ...change }, MERGE)
}

export async function changeColumn(api: Api, table: string, name: string, change: Body) {
  const path = `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')`
  const { body } = expectStatus(await api.get(path), 200)
  return api.put(path, { ...body, ...change, DisplayName: label(name) }, MERGE)
}
