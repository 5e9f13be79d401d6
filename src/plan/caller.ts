/** Who asks. Where authentication is off it is the administrator that an empty server has. */
import type { Guid } from '../base/guid.ts'

export type Caller = {
  readonly userId: Guid
  readonly businessUnitId: Guid
  readonly organizationId: Guid
}
