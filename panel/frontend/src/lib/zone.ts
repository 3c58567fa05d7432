/** Names in a zone, as zone files have them and as the API does. */

/** Below its zone a name is as people write it in zone files: "@" for the domain itself, "www" and the like. */
export function shortName(name: string, zone: string): string {
  if (name === zone) return '@';
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name;
}

/**
 * The whole name of what was typed: "www" is below the zone, "@" or nothing is the zone itself. What ends with the zone's
 * name or a dot is whole already; whether it is a name of this zone is the server's to say.
 */
export function fullName(typed: string, zone: string): string {
  const name = typed.trim().toLowerCase();
  if (name === '' || name === '@') return zone;
  if (name.endsWith('.')) return name.slice(0, -1);
  return name === zone || name.endsWith(`.${zone}`) ? name : `${name}.${zone}`;
}

/** Values as they are typed, one a line. */
export function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
