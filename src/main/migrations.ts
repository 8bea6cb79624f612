import { linksMigrations } from "#apps/files/links";
import { nextcloudMigrations } from "#apps/files/nextcloud";
import { webdavMigrations } from "#apps/files/webdav";
import { jobsMigrations } from "#platform/jobs";
import { accessMigrations } from "#security/access";
import { auditMigrations } from "#security/audit";
import { certificatesMigrations } from "#security/certificates";
import { factorsMigrations } from "#security/factors";
import { guardMigrations } from "#security/guard";
import { identityMigrations } from "#security/identity";
import { oidcMigrations } from "#security/oidc";
import { sessionsMigrations } from "#security/sessions";
import { vpnMigrations } from "#security/vpn";
import { storageMigrations } from "#storage/primary";

/** The tables of all modules; one that refers to another comes after it. */
export const migrations = [
  ...jobsMigrations,
  ...identityMigrations,
  ...factorsMigrations,
  ...sessionsMigrations,
  ...auditMigrations,
  ...accessMigrations,
  ...certificatesMigrations,
  ...oidcMigrations,
  ...vpnMigrations,
  ...guardMigrations,
  ...storageMigrations,
  ...linksMigrations,
  ...webdavMigrations,
  ...nextcloudMigrations,
];
