import { useNavigate, useParams, useRouter, useSearch, type AnyRouter } from "@tanstack/react-router";
import { ErrorState } from "#web/ui/index.ts";
import { strings } from "#web/strings.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { FolderPage } from "./folder-page.tsx";
import { carryOver, type FilesSearch } from "./url-state.ts";
import { ProblemError } from "#web/client.ts";

const missing = new ProblemError({ code: "not-found", title: "", detail: "", status: 404, id: "", retryable: false });

/** `/files/$folderId`: one folder; another folder starts afresh. */
export function FilesPage() {
  const { folderId } = useParams({ from: "/app/files/$folderId" });
  const search = useSearch({ from: "/app/files/$folderId" });
  const navigate = useNavigate({ from: "/files/$folderId" });
  const router = useRouter();
  const id = Number(folderId);
  if (!Number.isSafeInteger(id) || id < 1) {
    return (
      <>
        <FrameTitle title={strings.browse.title} />
        <ErrorState error={missing} />
      </>
    );
  }
  return (
    <FolderPage
      key={id}
      folderId={id}
      search={search}
      onSearch={(change, push = false) =>
        void navigate({ search: (before: FilesSearch) => ({ ...before, ...change }), replace: !push })
      }
      onFolder={(target, options = {}) => {
        if (options.leave) leaveAt(router, options.leave);
        void navigate({
          to: "/files/$folderId",
          params: { folderId: String(target) },
          search: { ...carryOver(search), at: options.at },
        });
      }}
    />
  );
}

/** Notes in the present step of the history where the person was, so that "back" finds it again. */
function leaveAt({ history }: AnyRouter, nodeId: number): void {
  const here = new URL(history.location.href, location.origin);
  here.searchParams.set("at", String(nodeId));
  history.replace(here.pathname + here.search, history.location.state);
  history.flush();
}
