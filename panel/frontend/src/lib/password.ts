/** Passwords that are made for people: long enough for good, and of letters that nobody takes for others. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const groups = 4;
const groupLength = 5;

/** Four groups of five out of 31 letters and digits: 99 bits. */
export function makePassword(): string {
  const out: string[] = [];
  while (out.length < groups * groupLength) {
    // Bytes beyond the last whole round of the letters would favour the first ones.
    const fair = [...crypto.getRandomValues(new Uint8Array(64))].filter((byte) => byte < 256 - (256 % letters.length));
    out.push(...fair.map((byte) => letters[byte % letters.length] ?? ''));
  }
  return Array.from({ length: groups }, (_, group) => out.slice(group * groupLength, (group + 1) * groupLength).join('')).join('-');
}
