import type { musicContract } from "#contract/apps/media/music";
import type { Actor } from "#platform/usecase";
import type { InputOf, OutputOf } from "#wire";

type Contract = typeof musicContract;
export type MusicOperation = keyof Contract;

/** An operation for whoever acts; other modules may leave out what has a default. */
export type Handled<N extends MusicOperation> = (actor: Actor, input: InputOf<Contract, N>) => OutputOf<Contract, N>;
/** One that answers when what it wrote is on disk. */
export type HandledLater<N extends MusicOperation> = (
  actor: Actor,
  input: InputOf<Contract, N>,
) => Promise<OutputOf<Contract, N>>;
