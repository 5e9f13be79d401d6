/** The catalogue's part about column-level security: which columns can be secured, and what is refused without a profile's permission. */
import { codes, refusal } from './refusal.ts'

const noPermission = (operation: string) => (column: string, table: string) =>
  `The user does not have ${operation} permissions to a secured field: '${column}' of ${table}. The requested operation could not be completed.`

export const COLUMN_SECURITY_REFUSALS = {
  CannotSecureColumn: refusal(400, '0x8004f501', codes, (column: string, table: string) => `The field '${column}' of ${table} is not securable.`),
  CannotSecureKeyColumn: refusal(
    400,
    '0x80060896',
    codes,
    (column: string, keys: string) =>
      `The field ${column} is not securable as it is part of entity keys ( ${keys} ). Please remove the field from all entity keys to make it securable.`,
  ),
  SecuredColumnCreate: refusal(403, '0x8004f502', codes, noPermission('create')),
  SecuredColumnRead: refusal(403, '0x8004f504', codes, noPermission('read')),
  SecuredColumnUpdate: refusal(403, '0x8004f507', codes, noPermission('update')),
  ColumnNotSecured: refusal(
    400,
    '0x8004f508',
    codes,
    (column: string, table: string) => `The field '${column}' of ${table} is not enabled for field level security.`,
  ),
  AdminProfileFixed: refusal(400, '0x8004f50c', codes, () => 'The System Administrator field security profile cannot be modified or deleted.'),
  UnsecureColumn: refusal(
    403,
    '0x8004f50d',
    codes,
    (column: string, table: string) =>
      `You must have sufficient permissions for the secured field '${column}' of ${table} before you can change its field level security.`,
  ),
  ColumnPermissionInvalid: refusal(
    400,
    '0x8004f50e',
    codes,
    (permission: string, column: string, table: string) => `Permission '${permission}' for field '${column}' of ${table} is invalid.`,
  ),
} as const
