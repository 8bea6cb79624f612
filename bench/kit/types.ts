/** A server under load: where it answers, and the folder on disk behind it. */
export interface Peer {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly tlsPort?: number;
  /** Path prefix of the served folder, ends with "/". */
  readonly prefix: string;
  /** Folder on disk that `prefix` shows. */
  readonly folder: string;
  /** `Authorization` header line with CRLF, or "". */
  readonly authorization: string;
  readonly stop: () => Promise<void>;
}

/** What one measurement gave: one sample per subject and round. */
export interface Figure {
  readonly part: string;
  readonly title: string;
  readonly unit: string;
  /** Subject name → one value per round, all in `unit`. */
  readonly samples: Record<string, number[]>;
  readonly note?: string;
}

/** A promise of the project and what this run found. */
export interface Verdict {
  readonly part: string;
  readonly title: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface PartResult {
  readonly figures: Figure[];
  readonly verdicts: Verdict[];
}

export interface Settings {
  readonly parts: string[];
  readonly quick: boolean;
  readonly rounds: number;
  /** Folder for data; every server uses the same file system. */
  readonly tempRoot: string;
  readonly jsonFile?: string;
  /** Leave Hearth out, to try the harness on the peers. */
  readonly peersOnly: boolean;
  readonly writeDocs: boolean;
}
