/** Words of ransom notes, by the thing they speak of: one of each counts. */
const things: readonly RegExp[] = [
  /\b(encrypt|decrypt|verschlüssel|entschlüssel|chiffr|déchiffr|cifrad|criptat|cifrat|encriptad|зашифр|расшифр)/iu,
  /\b(bitcoin|btc|monero|xmr|wallet|crypto ?currency)\b/iu,
  /\.onion\b|\btor browser\b|\btorproject\b/iu,
  /\b(ransom|lösegeld|rançon|rescate|riscatto|выкуп)/iu,
  /\b(private key|decryptor|decryption (tool|key)|unique (id|key)|personal id|your id)\b/iu,
  /\b(all (of )?your (files|data|documents)|your (files|network|data) (have been|has been|are|were)|ihre dateien|vos fichiers|sus archivos|tus archivos|i tuoi file|ваши файлы)\b/iu,
  /\b(pay(ment)?|bezahl|zahlung|paiement|pago|pagamento|оплат)/iu,
  /\b(leak|publish(ed)? your|stolen|exfiltrat|darknet)/iu,
];

/** Of how many things that ransom notes speak of a text speaks. */
export function noteWords(text: string): number {
  return things.filter((thing) => thing.test(text)).length;
}
