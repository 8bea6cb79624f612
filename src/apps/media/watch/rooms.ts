import type { Room } from "#contract/apps/media/watch";
import type { Clock, Random } from "#platform/clock";
import { AppError } from "#platform/errors";

const maxRooms = 50;
const maxMembers = 20;
/** Who has not said for so long that they are there has left. */
const absentMs = 60_000;

export interface RoomsDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly personName: (userId: number) => string | undefined;
  /** Tells members that their room is another, or closed. */
  readonly tell: (userIds: readonly number[], room: Room, isOpen: boolean) => void;
}

interface Member {
  isReady: boolean;
  seenAtMs: number;
}

interface OpenRoom {
  readonly id: string;
  readonly itemId: number;
  hostId: number;
  readonly members: Map<number, Member>;
  isPlaying: boolean;
  positionMs: number;
  atMs: number;
  revision: number;
}

/** People who watch one title together. In memory: after a restart whoever watches opens one anew. */
export function createRooms(deps: RoomsDeps) {
  const { clock, random } = deps;
  const rooms = new Map<string, OpenRoom>();

  const present = ({ members, ...room }: OpenRoom): Room => ({
    ...room,
    members: [...members].map(([userId, { isReady }]) => ({ userId, name: deps.personName(userId) ?? "", isReady })),
    serverMs: clock.now(),
  });
  const tell = (room: OpenRoom, isOpen = true) => deps.tell([...room.members.keys()], present(room), isOpen);
  const leave = (room: OpenRoom, userId: number) => {
    if (!room.members.delete(userId)) return;
    room.revision += 1;
    const next = room.members.keys().next().value;
    if (next === undefined) rooms.delete(room.id);
    else if (room.hostId === userId) room.hostId = next;
    tell(room);
  };
  const sweep = () => {
    const before = clock.now() - absentMs;
    for (const room of rooms.values()) {
      for (const [userId, { seenAtMs }] of room.members) if (seenAtMs < before) leave(room, userId);
    }
  };
  const get = (id: string): OpenRoom => {
    sweep();
    const room = rooms.get(id);
    if (room === undefined) throw new AppError("not-found", "This room is closed. Open one again to watch together.");
    return room;
  };
  /** Where the film is now, by the clock of the server. */
  const settle = (room: OpenRoom) => {
    const now = clock.now();
    if (room.isPlaying) room.positionMs += now - room.atMs;
    room.atMs = now;
  };

  return {
    itemOf: (id: string): number => get(id).itemId,
    all: (): Room[] => {
      sweep();
      return [...rooms.values()].map(present);
    },
    open: (userId: number, itemId: number, positionMs: number): Room => {
      sweep();
      if (rooms.size >= maxRooms) throw new AppError("too-many-requests", "Too many rooms are open. Close one first.");
      for (const room of rooms.values()) if (room.hostId === userId) leave(room, userId);
      const id = Buffer.from(random.bytes(16)).toString("base64url");
      const members = new Map([[userId, { isReady: true, seenAtMs: clock.now() }]]);
      const state = { isPlaying: false, positionMs, atMs: clock.now(), revision: 0 };
      const room: OpenRoom = { id, itemId, hostId: userId, members, ...state };
      rooms.set(id, room);
      return present(room);
    },
    join: (id: string, userId: number, isReady: boolean): Room => {
      const room = get(id);
      const known = room.members.get(userId);
      if (known === undefined && room.members.size >= maxMembers) {
        throw new AppError("too-many-requests", "This room is full.");
      }
      room.members.set(userId, { isReady, seenAtMs: clock.now() });
      if (known?.isReady !== isReady) {
        room.revision += 1;
        tell(room);
      }
      return present(room);
    },
    leave: (id: string, userId: number): void => {
      const room = rooms.get(id);
      if (room !== undefined) leave(room, userId);
    },
    control: (id: string, userId: number, wish: { isPlaying: boolean; positionMs: number }): Room => {
      const room = get(id);
      if (!room.members.has(userId)) throw new AppError("forbidden", "Join the room first.");
      settle(room);
      room.isPlaying = wish.isPlaying;
      room.positionMs = wish.positionMs;
      room.revision += 1;
      tell(room);
      return present(room);
    },
  };
}
