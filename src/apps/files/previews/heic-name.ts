const heicName = /\.(heic|heif|heics|heifs|hif)$/i;

/** Whether a name is that of a picture in HEVC, as iPhones and some Samsungs write them. */
export function isHeicName(name: string): boolean {
  return heicName.test(name);
}
