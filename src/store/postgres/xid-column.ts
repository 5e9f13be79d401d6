/** The column of every SQL table that holds the id of the transaction which last wrote the row. */
export const XID_COLUMN = '$xid'
