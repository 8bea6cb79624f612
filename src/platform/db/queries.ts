import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/**
 * A typed query builder that never runs anything itself: `db.all(queries<Tables>().selectFrom(…))` runs what it compiles,
 * synchronously, so that a transaction can never be interleaved with another request.
 */
export function queries<Tables>(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

/** What Kysely's builders have in common for our purpose. */
export interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}
