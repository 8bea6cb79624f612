import { numberedName } from "#storage/primary";

/** Gives out names of one folder: what is taken gets ` (2)`. Names that differ in case or Unicode form alone are the same. */
export function createNames(isTakenElsewhere: (name: string) => boolean = () => false) {
  const taken = new Set<string>();
  const isTaken = (name: string) => taken.has(folded(name)) || isTakenElsewhere(name);
  return (wanted: string): string => {
    let name = wanted;
    for (let count = 2; isTaken(name); count += 1) name = numberedName(wanted, count);
    taken.add(folded(name));
    return name;
  };
}

export function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
