/** The catalogue's part about callers and their rights. A row out of reach is told nothing about but what the client sent. */
import { codes, refusal } from './refusal.ts'

export const RIGHTS_REFUSALS = {
  MissingPrivilege: refusal(
    403,
    '0x80040220',
    codes,
    (user: string, privilege: string, privilegeId: string, about: string) =>
      `Principal user (Id=${user}, type=8) is missing ${privilege} privilege (Id=${privilegeId})${about === '' ? '' : ` for entity '${about}'`}.`,
  ),
  AccessDenied: refusal(
    403,
    '0x80040220',
    codes,
    (user: string, right: string, privilege: string, table: string) =>
      `Principal user (Id=${user}, type=8) has no ${right}Access to the row of entity '${table}': no depth of ${privilege} and no share reaches it.`,
  ),
} as const
