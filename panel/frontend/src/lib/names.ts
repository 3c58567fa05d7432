/** Names that people type, brought to the one spelling that the API takes. */

/**
 * A host name in lower-case A-labels without the final dot, or undefined when it cannot be one. The API refuses upper
 * case and Unicode so that a name has one spelling; people may type both, and the browser's own IDNA converts them.
 */
export function toHostname(typed: string): string | undefined {
  const name = typed.trim().replace(/\.$/, '');
  if (name === '' || /[\s/@:?#%\\[\]<>^|"'`{}_*]/u.test(name) || name.includes('..')) return undefined;
  let host: string;
  try {
    host = new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
  // An address is no name: the parser turns "10.1" into "10.0.0.1".
  return /^[\d.]+$/.test(host) ? undefined : host;
}

/** What people type into a list: one a line, or separated by commas or spaces. */
export function splitNames(text: string): string[] {
  return text.split(/[\s,]+/u).filter((part) => part !== '');
}

/**
 * Where to go after signing in: a path of this site only. Anything that a browser could read as another origin
 * ("//host", "/\host", "https:") becomes the start page.
 */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || /^\/[/\\]/.test(next) || /\p{Cc}/u.test(next)) return '/';
  return next.startsWith('/sign-in') ? '/' : next;
}

/**
 * An id out of a name: "Café Étoile Ltd" gives "cafe-etoile-ltd". Ids begin with a letter, so what comes before the first
 * one is left out; empty when nothing of the name can be in an id.
 */
export function toSlug(name: string, max: number): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, max)
    .replace(/-$/, '');
}

const archives: readonly [RegExp, ArchiveType][] = [
  [/\.zip$/i, 'application/zip'],
  [/\.(tar\.gz|tgz)$/i, 'application/gzip'],
  [/\.tar$/i, 'application/x-tar'],
];

export type ArchiveType = 'application/zip' | 'application/gzip' | 'application/x-tar';

/** The media type of an archive by its file's name, or undefined when the API does not take it. */
export function archiveType(fileName: string): ArchiveType | undefined {
  return archives.find(([pattern]) => pattern.test(fileName))?.[1];
}
