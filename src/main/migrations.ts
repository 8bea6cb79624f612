import { importsMigrations } from "#apps/files/imports";
import { linksMigrations } from "#apps/files/links";
import { mountsMigrations } from "#apps/files/mounts";
import { nextcloudMigrations } from "#apps/files/nextcloud";
import { placesMigrations } from "#apps/files/places";
import { ransomwareMigrations } from "#apps/files/ransomware";
import { tiersMigrations } from "#apps/files/tiers";
import { usageMigrations } from "#apps/files/usage";
import { webdavMigrations } from "#apps/files/webdav";
import { extrasMigrations } from "#apps/media/extras";
import { libraryMigrations } from "#apps/media/library";
import { metadataMigrations } from "#apps/media/metadata";
import { musicMigrations } from "#apps/media/music";
import { offlineMigrations } from "#apps/media/offline";
import { photosMigrations } from "#apps/media/photos";
import { probeMigrations } from "#apps/media/probe";
import { subsonicMigrations } from "#apps/media/subsonic";
import { watchMigrations } from "#apps/media/watch";
import { worksMigrations } from "#apps/media/works";
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
  ...importsMigrations,
  ...placesMigrations,
  ...usageMigrations,
  ...tiersMigrations,
  ...ransomwareMigrations,
  ...mountsMigrations,
  ...webdavMigrations,
  ...nextcloudMigrations,
  ...libraryMigrations,
  ...worksMigrations,
  ...metadataMigrations,
  ...probeMigrations,
  ...extrasMigrations,
  ...musicMigrations,
  ...subsonicMigrations,
  ...watchMigrations,
  ...photosMigrations,
  ...offlineMigrations,
];
