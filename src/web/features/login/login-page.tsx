import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { isOutsidePage } from "#web/routes/next.ts";
import { strings } from "#web/strings.ts";
import { Door } from "#web/ui/door.tsx";
import { FirstStep } from "./first-step.tsx";
import { SecondStep, type SecondFactorStep } from "./second-step.tsx";

/** Leads through what the account asks for, then on to where one wanted to go. */
export function LoginPage() {
  const t = strings.login;
  const router = useRouter();
  const client = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  const [second, setSecond] = useState<SecondFactorStep | null>(
    // Whoever comes back from a provider that vouched for them goes on here.
    () => client.getQueryData(query("session.pendingLogin", {}).queryKey)?.pending ?? null,
  );
  const [isLate, setIsLate] = useState(false);
  const onStep = async (step: Output<"session.login">): Promise<void> => {
    if (step.step === "second-factor") return setSecond(step);
    await client.fetchQuery({ ...query("session.current", {}), staleTime: 0 });
    await router.navigate({ href: next ?? "/", replace: true, reloadDocument: isOutsidePage(next ?? "/") });
  };
  if (second === null)
    return (
      <Door title={t.title}>
        <FirstStep next={next} isLate={isLate} onStep={onStep} />
      </Door>
    );
  return (
    <Door title={t.second.title}>
      <SecondStep
        step={second}
        onStep={onStep}
        onBack={(tooLate) => {
          setIsLate(tooLate);
          setSecond(null);
        }}
      />
    </Door>
  );
}
