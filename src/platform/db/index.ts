export { type Db, type Migration, openDatabase } from "./database.ts";
export { type ForeignAddress, type ForeignDb, openForeign } from "./foreign.ts";
export { lockFolder } from "./folder-lock.ts";
export { openReadOnly, type ReadOnlyDb } from "./read-only.ts";
export { TransactionEnded } from "./transaction.ts";
export { queries } from "./queries.ts";
export { quickCheck } from "./quick-check.ts";
