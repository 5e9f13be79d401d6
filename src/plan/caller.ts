/** Who asks, and what they may do. Where authentication is off it is the administrator that an empty server has. */
import type { Guid } from '../base/guid.ts'
import type { Rights } from './rights.ts'

export type Caller = {
  readonly userId: Guid
  readonly businessUnitId: Guid
  readonly organizationId: Guid
  readonly rights: Rights
  /** Who sent the request, where they act for `userId`: `createdonbehalfby`. */
  readonly onBehalfBy?: Guid | undefined
}
