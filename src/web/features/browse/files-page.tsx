import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
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
      onFolder={(target, at) =>
        void navigate({
          to: "/files/$folderId",
          params: { folderId: String(target) },
          search: { ...carryOver(search), at },
        })
      }
    />
  );
}
