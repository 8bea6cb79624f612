/** What the guard asks of the rest of the house. */
export interface Ports {
  /** What a device is called and whose it is; 0 for nobody's. */
  describe(device: string): { readonly label: string; readonly personId: number };
  /** Refuses whatever comes with this credential, until it is thawed; survives a restart. A part of the caller's transaction. */
  freeze(device: string, personId: number, message: string): void;
  thaw(device: string): void;
  /** People who look after the server. */
  caretakers(): readonly number[];
  managersOf(spaceId: number): readonly number[];
  personName(id: number): string | undefined;
  /** Leaves a notice for somebody. A part of the caller's transaction. */
  notify(personId: number, label: string): void;
  record(operation: string, account: { readonly id: number; readonly name: string }, resource: string): void;
  /** Files of a space went back to an earlier state: sync clients must not take what they have for newer. */
  contentRestored(spaceId: number): void;
}
