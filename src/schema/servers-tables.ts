/** Tables whose rows the server keeps by itself: no client makes, changes or deletes one. */
export const SERVERS_TABLES: ReadonlySet<string> = new Set(['activitypointer', 'audit', 'privilege', 'roletemplate', 'principalobjectaccess'])
