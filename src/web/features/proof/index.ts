export { CodeField } from "./code-field.tsx";
export { NewPasswordField } from "./new-password-field.tsx";
export { canUsePasskeys, letBrowserOfferPasskeys, makePasskey, showPasskey, withdrawPasskeyOffer } from "./passkeys.ts";
export { ProofError } from "./proof-error.tsx";
export { useWait } from "./use-wait.ts";
export { WayChoice } from "./way-choice.tsx";
