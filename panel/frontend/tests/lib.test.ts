import { describe, expect, it } from 'vitest';
import { cpuCores, formatBytes, formatDuration, formatQuantity, formatRelative, readableTimes } from '@/lib/format';
import { archiveType, safeNext, splitNames, toHostname, toSlug } from '@/lib/names';

describe('toHostname', () => {
  it.each([
    ['Example.COM', 'example.com'],
    [' www.example.com. ', 'www.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
  ])('brings %s to %s', (typed, name) => expect(toHostname(typed)).toBe(name));

  it.each(['', '.', 'a..b', 'exa mple.com', 'http://example.com', 'example.com/x', 'user@example.com', '10.0.0.1', '10.1', '*.example.com', '_dmarc.example.com'])(
    'takes no %j',
    (typed) => expect(toHostname(typed)).toBeUndefined(),
  );
});

describe('toSlug', () => {
  it.each([
    ['Café Étoile Ltd', 40, 'cafe-etoile-ltd'],
    ['  --A & B--  ', 40, 'a-b'],
    ['日本', 40, ''],
    ['3 Oaks 24', 40, 'oaks-24'],
    ['abcd efgh', 5, 'abcd'],
  ])('makes of %j, at most %i long, %j', (name, max, slug) => expect(toSlug(name, max)).toBe(slug));
});

describe('safeNext', () => {
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\tx', '', null, '/sign-in/?next=/'])('leads %j to the start', (next) =>
    expect(safeNext(next)).toBe('/'),
  );
  it('keeps a page of the panel', () => expect(safeNext('/customer/?id=a')).toBe('/customer/?id=a'));
});

it('splits lists of names as people type them', () => expect(splitNames(' a.example,\nb.example  c.example,')).toEqual(['a.example', 'b.example', 'c.example']));

it.each([
  ['site.ZIP', 'application/zip'],
  ['site.tar.gz', 'application/gzip'],
  ['site.tgz', 'application/gzip'],
  ['site.tar', 'application/x-tar'],
  ['site.gz', undefined],
  ['zip', undefined],
])('knows the type of %s', (file, type) => expect(archiveType(file)).toBe(type));

describe('format', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [1024 * 1024 - 1, '1.0 MiB'],
    [-1, '–'],
  ])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    ['2026-03-01T00:00:00Z', 'just now'],
    ['2026-02-28T23:59:22Z', '40 seconds ago'],
    ['2026-03-01T02:00:02Z', 'in 2 hours'],
    ['2025-01-01T00:00:00Z', '2025-01-01'],
    ['nonsense', '–'],
  ])('%s is %s', (time, text) => expect(formatRelative(time, Date.parse('2026-03-01T00:00:02Z'))).toBe(text));

  it('says how long something took', () => {
    expect(formatDuration('2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.850Z')).toBe('850 ms');
    expect(formatDuration('2026-03-01T00:00:00Z', '2026-03-01T00:02:05Z')).toBe('2 min 5 s');
  });

  it('reads the quantities of Kubernetes', () => {
    expect(cpuCores('500m')).toBe(0.5);
    expect(cpuCores('2')).toBe(2);
    expect(formatQuantity('10Gi')).toBe('10 GiB');
  });

  it('writes the times in a message for people', () =>
    expect(readableTimes('good until 2027-02-22T08:30:12Z, or so')).toBe('good until 2027-02-22 08:30 UTC, or so'));
});
