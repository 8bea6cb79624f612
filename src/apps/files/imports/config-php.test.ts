import { expect, test } from "bun:test";
import { readConfigPhp } from "./config-php.ts";

const common = (more: string) => `<?php
// 'secret' => 'of a comment',
$CONFIG = array (
  'instanceid' => 'ocabc123',
  'passwordsalt' => 'salt',
  'secret' => 'it\\'s secret \\\\ "quoted"',
  'trusted_domains' =>
  array (
    0 => 'cloud.example.org',
    'datadirectory' => '/not/this',
  ),
  'datadirectory' => '/srv/nextcloud/data',
  'version' => '29.0.4.1',
  "installed" => true,
  ${more}
);
`;

test("the configuration of a Nextcloud is read, without what stands deeper or in comments", () => {
  expect(readConfigPhp(common("'dbtype' => 'sqlite3',"))).toEqual({
    version: "29.0.4.1",
    dataFolder: "/srv/nextcloud/data",
    database: { kind: "sqlite", path: "/srv/nextcloud/data/owncloud.db" },
    prefix: "oc_",
    secret: `it's secret \\ "quoted"`,
  });
});

test("databases on servers and sockets", () => {
  const rest = "'dbname' => 'nc', 'dbuser' => 'u', 'dbpassword' => 'p', 'dbtableprefix' => 'nc_',";
  const of = (type: string, host: string) =>
    readConfigPhp(common(`'dbtype' => '${type}', 'dbhost' => '${host}', ${rest}`));
  const known = { name: "nc", user: "u", password: "p" };
  expect(of("mysql", "localhost").database).toEqual({
    kind: "mysql",
    host: "localhost",
    port: 3306,
    socket: undefined,
    ...known,
  });
  expect(of("mysql", "localhost:/run/mysqld/mysqld.sock").database).toMatchObject({
    socket: "/run/mysqld/mysqld.sock",
  });
  expect(of("pgsql", "db.lan:5433").database).toMatchObject({ kind: "postgres", host: "db.lan", port: 5433 });
  expect(of("pgsql", "[::1]:5433").database).toMatchObject({ host: "::1", port: 5433 });
  expect(of("pgsql", "/run/postgresql").database).toMatchObject({ socket: "/run/postgresql" });
  expect(of("mysql", "x").prefix).toBe("nc_");
});

test("the short form of arrays is read too; what is no configuration is refused", () => {
  const short =
    "<?php $CONFIG = [ 'datadirectory' => '/d', 'secret' => 's', 'apps_paths' => [ ['path' => '/x'] ], 'dbtype' => 'sqlite3' ];";
  expect(readConfigPhp(short)).toMatchObject({ dataFolder: "/d", secret: "s" });
  for (const bad of [
    "",
    "<?php",
    "x".repeat(2_000_000),
    common("'dbtype' => 'oci',"),
    common("'dbtableprefix' => 'a;b',"),
  ])
    expect(() => readConfigPhp(bad)).toThrow();
});
