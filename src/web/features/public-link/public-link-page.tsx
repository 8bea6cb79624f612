import { Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconLinkOff } from "@tabler/icons-react";
import { useEffect, type ReactNode } from "react";
import { ProblemError, query, type Output } from "#web/client.ts";
import { ContentUrlsProvider } from "#web/features/preview/index.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, formatMoment } from "#web/ui/index.ts";
import { Mark } from "#web/ui/mark.tsx";
import { PasswordPrompt } from "./password-prompt.tsx";
import classes from "./public-link.module.css";
import { SharedFile } from "./shared-file.tsx";
import { SharedFolder } from "./shared-folder.tsx";
import { UploadPage } from "./upload-page.tsx";
import { linkUrls } from "./urls.ts";

const t = strings.publicLink;
export type OpenLink = Output<"publicLink.open">;

/** `/s/TOKEN`: what a visitor of a share link sees, without an account. */
export function PublicLinkPage({ token }: { readonly token: string }) {
  const client = useQueryClient();
  const options = query("publicLink.open", { token });
  const { data: link, error, refetch } = useQuery(options);
  useTitle(link?.name);
  if (error) return <Ended error={error} onRetry={() => void refetch()} />;
  if (!link) return <LinkFrame title={strings.common.product} />;
  if (link.needsPassword)
    return (
      <LinkFrame title={link.name || strings.common.product} facts={factsOf(link)}>
        <PasswordPrompt token={token} onOpen={(opened) => client.setQueryData(options.queryKey, opened)} />
      </LinkFrame>
    );
  return (
    <ContentUrlsProvider value={linkUrls(token)}>
      <LinkFrame title={link.name} facts={factsOf(link)}>
        <Content token={token} link={link} />
      </LinkFrame>
    </ContentUrlsProvider>
  );
}

function Content({ token, link }: { readonly token: string; readonly link: OpenLink }) {
  if (link.mode === "upload") return <UploadPage token={token} link={link} />;
  if (link.root?.kind === "file") return <SharedFile node={link.root} limited={link.limited} />;
  return <SharedFolder token={token} link={link} />;
}

function LinkFrame(props: { readonly title: string; readonly facts?: string; readonly children?: ReactNode }) {
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Mark sizePx={32} />
        <div className={classes.headText}>
          <Title order={1} size="h4" className={classes.truncate}>
            {props.title}
          </Title>
          {props.facts && (
            <Text size="xs" c="dimmed" truncate>
              {props.facts}
            </Text>
          )}
        </div>
      </header>
      <main className={classes.main}>{props.children}</main>
    </div>
  );
}

function factsOf(link: OpenLink): string {
  return [link.sharedBy && t.by(link.sharedBy), link.expiresAtMs !== null && t.until(formatMoment(link.expiresAtMs))]
    .filter(Boolean)
    .join(" · ");
}

/** Unknown, expired and used-up links in words of their own; other troubles as everywhere. */
function Ended({ error, onRetry }: { readonly error: unknown; onRetry(): void }) {
  const code = error instanceof ProblemError ? error.code : null;
  const words = code === "not-found" ? t.unknown : code === "gone" || code === "forbidden" ? t.gone : null;
  return (
    <LinkFrame title={strings.common.product}>
      {words ? (
        <EmptyState icon={IconLinkOff} title={words.title} hint={words.hint} />
      ) : (
        <ErrorState error={error} onRetry={onRetry} />
      )}
    </LinkFrame>
  );
}

function useTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name ? `${name} · ${strings.common.product}` : strings.common.product;
  }, [name]);
}
