/** What an entry of the catalogue is made with: the pages that document codes, and the one form entries have. */

export const platform = 'learn.microsoft.com/power-apps/developer/data-platform'
export const codes = `${platform}/reference/web-service-error-codes`
export const clientErrors = 'learn.microsoft.com/troubleshoot/power-platform/dataverse/dataverse-web-api-and-sdk/web-api-client-errors'
export const conditional = `${platform}/webapi/perform-conditional-operations-using-web-api`
export const joins = `${platform}/webapi/query/join-tables`
export const batch = `${platform}/webapi/execute-batch-operations-using-web-api`
export const tracking = `${platform}/use-change-tracking-synchronize-data-external-systems`
export const keys = `${platform}/use-alternate-key-reference-record`
export const own = 'docs/compatibility.md'

// biome-ignore lint/suspicious/noExplicitAny: the argument lists differ by entry; each keeps its own type
export function refusal<T extends (...args: any[]) => string>(status: number, code: string, source: string, text: T) {
  return { status, code, text, source }
}
