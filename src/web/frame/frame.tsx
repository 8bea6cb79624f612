import { ActionIcon } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useRef, useState } from "react";
import { MusicDock } from "#web/features/music/dock.tsx";
import { FillBanner } from "#web/features/usage/fill-banner.tsx";
import { NoticeBanner } from "#web/features/notices/index.ts";
import { RansomwareBanner } from "#web/features/ransomware/index.ts";
import { OfflineBanner } from "#web/installed/offline-banner.tsx";
import { useLive } from "#web/live.ts";
import { strings } from "#web/strings.ts";
import { lazyPart } from "#web/ui/index.ts";
import { Mark } from "#web/ui/mark.tsx";
import { AvatarMenu } from "./avatar-menu.tsx";
import classes from "./frame.module.css";
import { navEntries, type NavEntry } from "./nav.ts";
import { useSession } from "./session.ts";
import { TitleSlot } from "./title.tsx";
import { usePaletteKeys } from "./use-palette-keys.ts";

const UploadTray = lazyPart(async () => (await import("#web/features/uploads/index.ts")).UploadTray);
const loadPalette = () => import("./palette.tsx");
const Palette = lazyPart(async () => (await loadPalette()).Palette);
const paletteAfterMs = 1500;

function Entry(props: { readonly entry: NavEntry }) {
  const path = useLocation({ select: (location) => location.pathname });
  const { to, label, icon: Shape } = props.entry;
  const active = to === "/" ? path === "/" : path.startsWith(to);
  return (
    <Link
      to={to}
      className={classes.entry}
      data-active={active || undefined}
      aria-current={active ? "page" : undefined}
    >
      <Shape size={22} stroke={1.5} aria-hidden="true" />
      {label}
    </Link>
  );
}

/** Rail or bottom bar, top bar and the page between them. */
export function Frame() {
  const { can } = useSession();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [palette, setPalette] = useState(false);
  const main = useRef<HTMLElement>(null);
  const t = strings.frame;
  const entries = navEntries(can);
  useLive();
  // Fetched once the page is calm, so that the first "/" answers at once even while thumbnails fill the connections.
  useTimeout(() => void loadPalette(), paletteAfterMs, { autoInvoke: true });
  usePaletteKeys(() => setPalette(true));
  return (
    <TitleSlot value={slot}>
      <a
        href="#content"
        className={classes.skip}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t.skip}
      </a>
      <div className={classes.shell}>
        <nav className={classes.rail} aria-label={t.nav}>
          <Link to="/" className={classes.mark} aria-label={strings.common.product} tabIndex={-1}>
            <Mark sizePx={32} />
          </Link>
          {entries
            .filter((entry) => entry.rail)
            .map((entry) => (
              <Entry key={entry.to} entry={entry} />
            ))}
        </nav>
        <header className={classes.top}>
          <div className={classes.title} ref={setSlot} />
          <button type="button" className={classes.searchButton} onClick={() => setPalette(true)}>
            <IconSearch size={16} aria-hidden="true" />
            <span>{t.searchHint}</span>
            <kbd className={classes.key}>/</kbd>
          </button>
          <ActionIcon
            className={classes.phoneSearch}
            variant="subtle"
            color="gray"
            size="xl"
            aria-label={t.search}
            onClick={() => setPalette(true)}
          >
            <IconSearch size={22} stroke={1.5} />
          </ActionIcon>
          <Suspense>
            <UploadTray />
          </Suspense>
          <AvatarMenu more={entries.filter((entry) => entry.rail && !entry.phone)} />
        </header>
        <main className={classes.main} id="content" tabIndex={-1} ref={main}>
          <RansomwareBanner />
          <OfflineBanner />
          <NoticeBanner />
          <FillBanner />
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
        <div className={classes.dock}>
          <MusicDock />
        </div>
        <nav className={classes.bottom} aria-label={t.nav}>
          {entries
            .filter((entry) => entry.phone)
            .map((entry) => (
              <Entry key={entry.to} entry={entry} />
            ))}
        </nav>
      </div>
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </TitleSlot>
  );
}
