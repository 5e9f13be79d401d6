/** Why a caller is not let in. */
import { own, refusal } from './refusal.ts'

// Both are seen in answers of the original that people have published: a 403 for an application that has no user, and for a disabled one.
const seen = 'docs/security.md'

export const CALLER_REFUSALS = {
  // The original's 401 has no body: the challenge stands in its header.
  Unauthenticated: refusal(401, '0x8006088a', own, (detail: string) => `Authentication is required. ${detail}`),
  NotAMember: refusal(403, '0x80072560', seen, () => 'The user is not a member of the organization.'),
  UserIdentityFixed: refusal(
    403,
    '0x80040220',
    own,
    (user: string, column: string) => `Principal user (Id=${user}, type=8) is no System Administrator, who alone changes '${column}' of a user.`,
  ),
  UserDisabled: refusal(403, '0x80040225', seen, (id: string) => `The specified user(Id = ${id}) is disabled. Consider enabling this user.`),
}
