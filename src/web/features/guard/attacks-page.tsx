import { NativeSelect, Skeleton, Text } from "@mantine/core";
import { IconEyeCheck, IconRadar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { DetectorName, RuleDocument } from "#contract/security/guard";
import { query, type Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorState, formatMoment, formatWhen } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { BanSection } from "./ban-section.tsx";
import { GuardNotices } from "./guard-notices.tsx";
import classes from "./guard.module.css";
import { Refusal } from "./refusal.tsx";
import { type Rules, useRules } from "./use-rules.ts";

const t = guard.attacks;
const detectors = ["path-traversal", "scanner", "injection", "credential-stuffing"] as const;
const detectorModes = ["off", "shadow", "throttle", "ban"] as const;
type Detection = Output<"guard.findings">["detections"][number];

/** `/security/attacks`: who is banned, what the detectors noticed, and what they do about it. */
export function AttacksPage() {
  const { can } = useSession();
  const manages = can("security.manage");
  const rules = useRules();
  const findings = useQuery(query("guard.findings", {}));
  const error = rules.rules.error ?? findings.error;
  if (error)
    return <ErrorState error={error} onRetry={() => void Promise.all([rules.rules.refetch(), findings.refetch()])} />;
  const document = rules.rules.data?.document;
  if (!document || !findings.data) return <Skeleton height={320} mt="lg" />;
  return (
    <div className={classes.attacks}>
      <GuardNotices />
      <Refusal error={rules.refusal} onClose={rules.forgetRefusal} />
      <BanSection manages={manages} titleOf={(id) => nameOf(id, document)} />
      <SettingsSection title={t.findings}>
        {findings.data.detections.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.quiet}
          </Text>
        )}
        <SettingsList>
          {findings.data.detections.map((detection) => (
            <DetectionRow key={`${detection.detector} ${detection.network}`} detection={detection} />
          ))}
        </SettingsList>
      </SettingsSection>
      <SettingsSection title={t.detectors} hint={t.detectorsHint}>
        <ul className={classes.detectors}>
          {detectors.map((name) => (
            <DetectorRow key={name} name={name} rules={rules} document={document} manages={manages} />
          ))}
        </ul>
      </SettingsSection>
    </div>
  );
}

/** What a rule or detector is called; what is gone keeps its id. */
function nameOf(id: string, document: RuleDocument): string {
  const detector = detectors.find((name) => name === id);
  return detector ? t.names[detector] : (document.rules.find((rule) => rule.id === id)?.title ?? id);
}

function DetectionRow({ detection }: { readonly detection: Detection }) {
  const { detector, network, what, count, lastAtMs, did } = detection;
  return (
    <SettingsRow
      icon={IconEyeCheck}
      name={what}
      title={formatMoment(lastAtMs)}
      facts={[t.names[detector], network, t.times(count), formatWhen(lastAtMs, Date.now()), t.did[did]]}
    />
  );
}

function DetectorRow(props: {
  readonly name: DetectorName;
  readonly rules: Rules;
  readonly document: RuleDocument;
  readonly manages: boolean;
}) {
  const { name, rules, document } = props;
  const mode = document.detectors[name];
  const set = (value: string): void => {
    const next = detectorModes.find((known) => known === value);
    if (!next) return;
    void rules.change(
      (now) => ({ ...now, detectors: { ...now.detectors, [name]: next } }),
      guard.saved.detector(t.names[name]),
    );
  };
  return (
    <li className={classes.detector}>
      <IconRadar size={20} stroke={1.5} aria-hidden="true" />
      <div className={classes.testText}>
        <Text size="sm">{t.names[name]}</Text>
        <Text size="xs" c="dimmed">
          {t.explain[name]}
        </Text>
      </div>
      {props.manages ? (
        <NativeSelect
          className={classes.detectorMode}
          aria-label={t.names[name]}
          value={mode}
          data={detectorModes.map((value) => ({ value, label: t.modes[value] }))}
          onChange={(event) => set(event.currentTarget.value)}
        />
      ) : (
        <Text size="sm">{t.modes[mode]}</Text>
      )}
    </li>
  );
}
