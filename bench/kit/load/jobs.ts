/** Where and as whom a load job asks. */
export interface Endpoint {
  readonly port: number;
  /** Request path, already encoded. */
  readonly path: string;
  /** `Authorization` header line with CRLF, or "". */
  readonly authorization: string;
}

/** What the load process can be asked to do; it prints its answer as one line of JSON. */
export type LoadJob =
  | { readonly kind: "get"; readonly target: Endpoint; readonly sizeBytes: number }
  | { readonly kind: "get-tls"; readonly target: Endpoint; readonly sizeBytes: number }
  | { readonly kind: "put"; readonly target: Endpoint; readonly sizeBytes: number }
  | {
      readonly kind: "put-many";
      readonly target: Endpoint;
      readonly sizeBytes: number;
      readonly connections: number;
      readonly count: number;
    }
  | { readonly kind: "propfind"; readonly target: Endpoint; readonly count: number }
  | { readonly kind: "propfind-after-change"; readonly target: Endpoint; readonly count: number; readonly tag: string }
  | { readonly kind: "bare-write"; readonly folder: string; readonly sizeBytes: number }
  | {
      readonly kind: "bare-loop";
      readonly folder: string;
      readonly sizeBytes: number;
      readonly concurrency: number;
      readonly count: number;
    };

export interface LoadAnswer {
  /** Wall time of the whole job in seconds, connection set-up included, process start excluded. */
  readonly seconds: number;
  /** Body bytes of the last answer. */
  readonly bodyBytes?: number;
  /** TLS version and cipher agreed. */
  readonly cipher?: string;
  /** Seconds of each single request, where the job times them one by one. */
  readonly each?: number[];
}
