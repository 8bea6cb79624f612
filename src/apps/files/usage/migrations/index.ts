import type { Migration } from "#platform/db";

export const usageMigrations: Migration[] = [
  {
    id: "usage-001",
    sql: `
-- subject: "space ID" or "disk NAME"; day: days since 1970 in UTC; bytes of files and trash, or in use on the disk.
CREATE TABLE usage_day (
  subject TEXT NOT NULL,
  day INTEGER NOT NULL,
  used_bytes INTEGER NOT NULL,
  PRIMARY KEY (subject, day)
) STRICT, WITHOUT ROWID;
`,
  },
];
