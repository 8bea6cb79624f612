import { codes, Failure } from "./failure.ts";

/** What a client sends, in the address or as a form. */
export interface Params {
  text(name: string): string | undefined;
  all(name: string): readonly string[];
  /** Throws `missing`. */
  required(name: string): string;
  /** Throws `missing` when there is none. */
  requiredAll(name: string): readonly string[];
  /** A whole number from `min` to `max`, cut to them; `otherwise` when it is not given. Throws when it is no number. */
  number(name: string, otherwise: number, min?: number, max?: number): number;
  boolean(name: string, otherwise: boolean): boolean;
}

const maxValues = 5000;

export function paramsOf(given: URLSearchParams): Params {
  const text = (name: string) => given.get(name) ?? undefined;
  const missing = (name: string) => new Failure(codes.missing, `The parameter ${name} is missing.`);
  const all = (name: string) => {
    const values = given.getAll(name);
    if (values.length > maxValues) throw new Failure(codes.generic, `There are more than ${maxValues} ${name}.`);
    return values;
  };
  return {
    text,
    all,
    required: (name) => {
      const value = text(name);
      if (value === undefined || value === "") throw missing(name);
      return value;
    },
    requiredAll: (name) => {
      const values = all(name);
      if (values.length === 0) throw missing(name);
      return values;
    },
    number: (name, otherwise, min = 0, max = Number.MAX_SAFE_INTEGER) => {
      const value = text(name);
      if (value === undefined || value === "") return otherwise;
      const number = Number(value);
      if (!Number.isFinite(number)) throw new Failure(codes.generic, `${name} is no number.`);
      return Math.min(max, Math.max(min, Math.trunc(number)));
    },
    boolean: (name, otherwise) => {
      const value = text(name)?.toLowerCase();
      return value === undefined ? otherwise : value === "true" || value === "1";
    },
  };
}
