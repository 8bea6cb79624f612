import { Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { WorkDetail, WorkVersion } from "#contract/apps/media/works";
import { films as t } from "#web/strings/films.ts";
import { formatBytes, formatDuration, Section, Status } from "#web/ui/index.ts";
import { LinkButton } from "./link-parts.tsx";
import classes from "./work.module.css";

/** Who made it and who is in it; each name shows what else they are in. */
export function PeoplePart({ detail }: { readonly detail: WorkDetail }) {
  const { cast, directors, writers, studios, work } = detail;
  const type = work.type === "film" || work.type === "video" ? undefined : ("series" as const);
  const people = (label: string, names: readonly string[]): ReactNode =>
    names.length > 0 && (
      <div>
        <dt>{label}</dt>
        <dd>
          {names.map((name) => (
            <PersonLink key={name} name={name} type={type} />
          ))}
        </dd>
      </div>
    );
  if (cast.length + directors.length + writers.length + studios.length === 0) return null;
  return (
    <Section title={cast.length > 0 ? t.cast : t.crew}>
      <dl className={classes.credits}>
        {people(t.directed, directors)}
        {people(t.written, writers)}
        {studios.length > 0 && (
          <div>
            <dt>{t.studios}</dt>
            <dd>{studios.join(", ")}</dd>
          </div>
        )}
      </dl>
      <ul className={classes.cast}>
        {cast.map(({ name, role }) => (
          <li key={`${name} ${role ?? ""}`}>
            <PersonLink name={name} type={type} />
            {role && (
              <Text size="sm" c="dimmed">
                {t.as(role)}
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function PersonLink(props: { readonly name: string; readonly type: "series" | undefined }) {
  return (
    <Link
      to="/films"
      search={{ person: props.name, ...(props.type && { type: props.type }) }}
      className={classes.person}
    >
      {props.name}
    </Link>
  );
}

/** Trailers, deleted scenes and the like. */
export function ExtrasPart({ extras }: { readonly extras: WorkDetail["extras"] }) {
  if (extras.length === 0) return null;
  return (
    <Section title={t.extras}>
      <ul className={classes.lines}>
        {extras.map((extra) => (
          <li key={extra.itemId}>
            <span>
              {extra.title}
              <Text size="sm" c="dimmed" component="span" ml="xs">
                {[t.extraKinds[extra.kind], extra.durationMs !== null && formatDuration(extra.durationMs)]
                  .filter(Boolean)
                  .join(" · ")}
              </Text>
            </span>
            <PlayItem itemId={extra.itemId} title={extra.title} state={extra.state} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function PlayItem(props: { readonly itemId: number; readonly title: string; readonly state: string }) {
  if (props.state === "broken") return <Status level="now">{t.broken}</Status>;
  if (props.state === "away") return <Status level="soon">{t.away}</Status>;
  return (
    <LinkButton
      to="/watch/$itemId"
      params={{ itemId: String(props.itemId) }}
      variant="subtle"
      size="compact-sm"
      aria-label={`${t.play}: ${props.title}`}
      leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
    >
      {t.play}
    </LinkButton>
  );
}

/** Every way to watch it: editions and qualities, with what is in the files. */
export function VersionsPart({ versions }: { readonly versions: readonly WorkVersion[] }) {
  if (versions.length === 0) return null;
  return (
    <Section title={t.versions}>
      <ul className={classes.lines}>
        {versions.map((version) => (
          <li key={version.itemId}>
            <span>
              {[version.edition ?? t.edition, version.label].filter(Boolean).join(", ")}
              <Text size="sm" c="dimmed" className="tabular">
                {factsOfVersion(version)}
              </Text>
              <Reasons version={version} />
            </span>
            <PlayItem
              itemId={version.itemId}
              title={version.edition ?? version.label ?? t.edition}
              state={version.parts[0]?.state ?? "found"}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function factsOfVersion(version: WorkVersion): string {
  const { width, height, videoCodec, audioCodecs, range, durationMs, sizeBytes, parts, sidecars } = version;
  return [
    width !== null && height !== null && `${width} × ${height}`,
    videoCodec?.toUpperCase(),
    range !== null && range !== "sdr" && range.toUpperCase(),
    audioCodecs.map((codec) => codec.toUpperCase()).join(", "),
    durationMs !== null && formatDuration(durationMs),
    formatBytes(sizeBytes),
    parts.length > 1 && t.parts(parts.length),
    ...sidecars.map(({ language, title }) => title ?? language),
  ]
    .filter(Boolean)
    .join(" · ");
}

function Reasons({ version }: { readonly version: WorkVersion }) {
  const reasons = version.parts.flatMap(({ reason }) => (reason === null ? [] : [reason]));
  return reasons.map((reason) => (
    <Text key={reason} size="sm" c="var(--hearth-now)">
      {reason}
    </Text>
  ));
}
