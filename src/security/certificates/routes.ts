import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import {
  type Actor,
  type Handlers,
  implement,
  type Implementation,
  requireFreshFactor,
  type UseCaseContext,
} from "#platform/usecase";
import { requireOwnLogin } from "#security/identity";
import type { Authority } from "./authority.ts";
import { certificatesContract } from "./contract.ts";
import type { Devices } from "./devices.ts";
import { revocationListPath, rootPath } from "./pki.ts";
import type { Policy } from "./policy.ts";
import type { DeviceRow } from "./repository.ts";
import type { ServerCertificate } from "./server-certificate.ts";
import type { CertificateService, Person } from "./service.ts";

interface RouteDeps {
  readonly clock: Clock;
  readonly service: CertificateService;
  readonly authority: Authority;
  readonly devices: Devices;
  readonly policy: Policy;
  readonly server: Pick<ServerCertificate, "view">;
  readonly listenerPort: () => number | undefined;
  readonly findPerson: (id: number) => Person | undefined;
}

type All = Handlers<typeof certificatesContract>;

export function certificatesUseCases(deps: RouteDeps): Implementation[] {
  return implement(certificatesContract, {
    ...authorityHandlers(deps),
    ...deviceHandlers(deps),
    ...issuingHandlers(deps),
    ...policyHandlers(deps),
  });
}

const manages = (actor: Actor): boolean => actor.kind === "system" || actor.capabilities.has("security.manage");

function requireManager(actor: Actor): void {
  if (!manages(actor)) throw new AppError("forbidden", "This needs the right security.manage.");
}

/** Whoever holds the authority's key can make a certificate for anybody. */
function requireOwner({ actor }: UseCaseContext): void {
  if (actor.kind === "system" || actor.roles.includes("owner")) return;
  throw new AppError("forbidden", "Only an owner may do this.");
}

type AuthorityName = "certificates.status" | "certificates.createAuthority" | "certificates.renewAuthority";

function authorityHandlers({ service, authority, devices, server, listenerPort }: RouteDeps): Pick<All, AuthorityName> {
  const view = () => {
    const made = authority.view();
    if (made === undefined) throw new AppError("internal");
    return made;
  };
  return {
    "certificates.status": ({ certificate }) => {
      const shown = certificate === undefined ? null : devices.deviceOf(certificate.fingerprint);
      const port = listenerPort();
      return {
        authority: authority.view() ?? null,
        listener: port === undefined ? null : { port },
        server: server.view() ?? null,
        connection: shown && { deviceId: shown.deviceId, deviceName: shown.name, personId: shown.personId },
        rootPath,
        revocationListPath,
      };
    },
    "certificates.createAuthority": async (context, { name, replace }) => {
      requireOwner(context);
      const made = await service.createAuthority(name, replace);
      const { root } = authority.chainPem();
      return { ...made, authority: view(), rootPem: root, fileName: "hearth-root-key.pem" };
    },
    "certificates.renewAuthority": async (context, { rootKeyPem, passphrase }) => {
      requireOwner(context);
      await service.renewAuthority(rootKeyPem, passphrase);
      return { authority: view() };
    },
  };
}

function deviceHandlers({ service, devices }: RouteDeps): Pick<All, "certificates.list" | "certificates.revoke"> {
  return {
    "certificates.list": ({ actor, certificate }, { everybody }) => {
      if (everybody && !actor.capabilities.has("security.read")) {
        throw new AppError("forbidden", "This needs the right security.read.");
      }
      const shown = certificate === undefined ? null : devices.deviceOf(certificate.fingerprint);
      return { devices: service.list(everybody ? undefined : actor.userId, shown?.deviceId) };
    },
    "certificates.revoke": async (context, input) => {
      requireOwnLogin(context);
      const { actor } = context;
      const ending =
        "deviceId" in input ? [ownDevice(service, actor, input.deviceId)] : service.devicesOf(input.personId);
      if ("personId" in input && input.personId !== actor.userId) requireManager(actor);
      for (const { id } of ending) context.checked(`device ${id}`);
      return { revoked: await service.revoke(ending) };
    },
  };
}

/** Keys of somebody else are made by whoever manages security, those of an owner by an owner: they are a factor of that person. */
function requireMayCertify({ findPerson }: RouteDeps, context: UseCaseContext, personId: number): void {
  if (personId === context.actor.userId) return;
  requireManager(context.actor);
  if (findPerson(personId)?.roles.includes("owner") === true) requireOwner(context);
}

/** Somebody else's device is unknown to whoever may not manage it. */
function ownDevice(service: CertificateService, actor: Actor, id: string): DeviceRow {
  const device = service.device(id);
  if (device.person_id !== actor.userId && !manages(actor)) throw new AppError("not-found", "There is no such device.");
  return device;
}

/** Else whoever knows a password could make, beside it, the very certificate that is asked for. */
function requireShown(policy: Policy, context: UseCaseContext, forPerson: number): void {
  const { actor } = context;
  const isRequired = forPerson === actor.userId ? policy.requiresAny(actor) : policy.requires(actor, "administration");
  if (!isRequired || policy.shows(actor, context)) return;
  throw new AppError(
    "forbidden",
    "A certificate is required of you: do this from a device that has one, or ask somebody who looks after the server.",
  );
}

function issuingHandlers(deps: RouteDeps): Pick<All, "certificates.issue" | "certificates.renew"> {
  const { service, policy, devices, clock } = deps;
  return {
    "certificates.issue": async (context, { deviceName, personId, ...wish }) => {
      requireOwnLogin(context);
      const { actor } = context;
      const forPerson = personId ?? actor.userId;
      requireMayCertify(deps, context, forPerson);
      requireShown(policy, context, forPerson);
      const issued = await service.issue(forPerson, deviceName, wish);
      context.checked(`device ${issued.device.id}`);
      return issued;
    },
    "certificates.renew": async (context, { deviceId, ...wish }) => {
      const { actor, certificate } = context;
      const shown = certificate === undefined ? null : devices.deviceOf(certificate.fingerprint);
      if (shown?.deviceId === deviceId) {
        context.checked(`device ${deviceId}`);
        return service.renew(service.device(deviceId), wish);
      }
      if (actor.kind !== "person") {
        throw new AppError("unauthenticated", "Show the certificate that shall be renewed, or log in.");
      }
      requireOwnLogin(context);
      const device = ownDevice(service, actor, deviceId);
      requireMayCertify(deps, context, device.person_id);
      requireFreshFactor(actor, clock);
      requireShown(policy, context, device.person_id);
      context.checked(`device ${deviceId}`);
      return service.renew(device, wish);
    },
  };
}

function policyHandlers({ policy }: RouteDeps): Pick<All, "certificates.getPolicy" | "certificates.setPolicy"> {
  return {
    "certificates.getPolicy": () => ({ rules: [...policy.rules()] }),
    "certificates.setPolicy": async (context, { rules }) => {
      await policy.set(context.actor, rules, context);
      return { rules: [...policy.rules()] };
    },
  };
}
