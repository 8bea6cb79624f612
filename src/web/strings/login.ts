/** Logging in, and confirming that it is oneself. */
export const login = {
  title: "Welcome back",
  name: "Name",
  password: "Password",
  submit: "Log in",
  wrong: "Name or password is not right.",
  or: "or",
  passkey: "Log in with a passkey",
  provider: (name: string): string => `Log in with ${name}`,
  tooLate: "That took too long. Please begin again.",
  second: {
    title: "One more step",
    hints: {
      totp: "Enter the six digits that your authenticator app shows for Hearth.",
      passkey: "Confirm with your fingerprint, your face, the PIN of this device, or your security key.",
      "recovery-code": "Enter one of the codes you kept for the day your phone is not at hand. Each works once.",
      certificate:
        "Open Hearth at its address for certificates on a device that has one, and choose it when the browser asks. Then go on.",
    },
    back: "Not you? Begin again",
  },
} as const;

/** What login, confirming and setting up have in common. */
export const proof = {
  code: "Code from the app",
  codeWrong: "This code is not right. Apps show a new one every 30 seconds.",
  recoveryCode: "Recovery code",
  recoveryCodeWrong: "This is none of your unused recovery codes.",
  password: "Password",
  passwordWrong: "The password is not right.",
  usePasskey: "Use a passkey",
  useCertificate: "Use this device's certificate",
  confirm: "Continue",
  otherWay: "Use another way",
  ways: {
    password: "Your password",
    totp: "A code from your authenticator app",
    passkey: "A passkey",
    "recovery-code": "A recovery code",
    certificate: "The certificate of this device",
  },
  wait: (seconds: number): string =>
    seconds < 90
      ? `Too many failed attempts. Try again in ${seconds} s.`
      : `Too many failed attempts. Try again in ${Math.ceil(seconds / 60)} min.`,
  passkeys: {
    title: "The passkey was not used",
    cancelled: "It was cancelled, or took too long. Nothing has changed; you can try again.",
    known: "This device already has a passkey for your account.",
    address: "Passkeys do not work under this address. Open Hearth under its name, over HTTPS.",
    failed: "The browser or the device did not answer. Try again, or use another way.",
  },
  stepUp: {
    title: "Confirm that it is you",
    hint: "This concerns keys, rights or something that cannot be undone. Then you are not asked again for five minutes.",
    byProvider: "Or log in once more where your account is. It opens in another tab; come back here afterwards.",
    doneThere: "I have logged in there",
    notYet: "There was no new login yet.",
    notConfirmed: "You did not confirm that it is you, so nothing was changed.",
  },
  quality: {
    label: "Quality of the password",
    scores: ["Guessed at once", "Easily guessed", "Weak", "Good", "Very good"],
    checking: "Checking …",
  },
} as const;
