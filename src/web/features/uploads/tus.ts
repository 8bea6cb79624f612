import { DetailedError, Upload, type HttpResponse } from "tus-js-client";
import type { Problem } from "#wire";
import type { AttemptError } from "./failure.ts";
import { http1Limits } from "./lanes.ts";
import type { Transfer, TransferRequest } from "./state.ts";

/** What one PATCH carries at most: a lost connection then costs little, and proxies with a body limit let it through. */
const chunkBytes = 32 * 1024 * 1024;

/** Run one file over TUS 1.0. Small files travel in the creating request; big ones first get an address to resume at. */
export function startTus(endpoint: string, request: TransferRequest): Transfer {
  const small = request.file.size < http1Limits.bigFromBytes;
  let over = false;
  const upload = new Upload(request.file, {
    endpoint,
    uploadUrl: request.url,
    metadata: {
      parentId: String(request.folderId),
      path: request.path,
      modifiedAtMs: String(request.modifiedAtMs),
      onClash: request.onClash,
    },
    chunkSize: chunkBytes,
    uploadDataDuringCreation: small,
    retryDelays: null,
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => {
      if (!over && upload.url) request.onUrl(upload.url);
    },
    onProgress: (sentBytes) => {
      if (!over) request.onProgress(sentBytes);
    },
    onSuccess: ({ lastResponse }) => {
      if (over) return;
      over = true;
      const nodeId = Number(lastResponse.getHeader("Hearth-Node-Id"));
      request.onDone(Number.isSafeInteger(nodeId) && nodeId > 0 ? nodeId : null);
    },
    onError: (error) => {
      if (over) return;
      over = true;
      void describe(error, request.file).then(request.onError);
    },
  });
  upload.start();
  return {
    stop() {
      over = true;
      void upload.abort();
    },
    discard() {
      over = true;
      const { url } = upload;
      void upload.abort();
      if (url) discardTus(url);
    },
  };
}

/** Tell the server to drop an unfinished upload; what is missed here expires there. */
export function discardTus(url: string): void {
  void fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => undefined);
}

async function describe(error: Error | DetailedError, file: File): Promise<AttemptError> {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  const problem = response ? readProblem(response) : {};
  return {
    status,
    code: problem.code ?? null,
    detail: problem.detail ?? "",
    errorId: problem.id ?? null,
    unreadable: status === 0 && !(await isReadable(file)),
  };
}

function readProblem(response: HttpResponse): Partial<Problem> {
  try {
    const body: unknown = JSON.parse(response.getBody());
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** A file that was changed or removed on disk after it was chosen fails like a lost connection; one byte tells them apart. */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
