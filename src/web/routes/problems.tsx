import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";

/** An address that leads nowhere. */
export function NotFound() {
  const t = strings.frame.notFound;
  return (
    <main>
      <EmptyState
        icon={IconMapOff}
        level={1}
        title={t.title}
        hint={t.hint}
        action={
          <Button component={Link} to="/">
            {t.action}
          </Button>
        }
      />
    </main>
  );
}

/** A page that could not be drawn or loaded. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
