/** Numbers of the advisory locks that the servers on one database share. */

/** Held while Tidemark's own tables are migrated. */
export const MIGRATION_LOCK = 8_433_615_001
/** Shared by every write, alone for an edit of the schema: what a write was planned with is the schema that it is committed under. */
export const SCHEMA_LOCK = 8_433_615_002
/** Held by the one server that does the background work. */
export const LEADER_LOCK = 8_433_615_003
/** Held while a server finds out which incarnation it runs. */
export const INCARNATION_LOCK = 8_433_615_004
/** Held while the functions of `functions.ts` are made. */
export const FUNCTIONS_LOCK = 8_433_615_005
/** Held while an organization is moved in. */
export const MOVE_LOCK = 8_433_615_006
/** Held by the one of the writes begun again after a deadlock whose turn it is. */
export const TURN_LOCK = 8_433_615_007
