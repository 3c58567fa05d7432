'use client';
import { Button, Text } from '@mantine/core';
import type { Release } from '@/api/types';
import { formatBytes, formatCount } from '@/lib/format';
import { Badge, type Tone } from '@/ui/Badge';
import { Copy } from '@/ui/Copy';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Time } from '@/ui/Time';
import { useReleases } from './api';

const tones: { [state in Release['state']]: Tone } = { uploaded: 'wait', deploying: 'wait', current: 'ok', kept: 'idle', failed: 'bad' };

const columns = (onServe: ((release: string) => void) | undefined): readonly Column<Release>[] => [
  {
    head: 'Release',
    wide: true,
    cell: (release) => (
      <>
        <Text component="code" fw={600}>
          {release.id}
        </Text>
        <Text size="sm" c={release.state === 'failed' ? 'var(--bad)' : 'dimmed'}>
          {release.message ?? `${formatBytes(release.size)}${release.files === undefined ? '' : `, ${formatCount(release.files, 'file')}`}`}
        </Text>
      </>
    ),
  },
  { head: 'State', cell: (release) => <Badge tone={tones[release.state]}>{release.state}</Badge> },
  {
    head: 'SHA-256',
    from: 'lg',
    cell: ({ id, sha256 }) => <Copy text={sha256} shown={`${sha256.slice(0, 12)}…`} what={`the SHA-256 of ${id}`} />,
  },
  { head: 'Uploaded', from: 'sm', right: true, cell: (release) => <Time at={release.createdAt} /> },
  {
    head: 'Action',
    right: true,
    cell: (release) =>
      onServe && release.state === 'kept' ? (
        <Button size="compact-sm" variant="default" aria-label={`Roll back to ${release.id}`} onClick={() => onServe(release.id)}>
          Roll back
        </Button>
      ) : null,
  },
];

/** What was uploaded, newest first, and the way back to what was served before. */
export function Releases({ site, onServe }: { site: string; onServe?: ((release: string) => void) | undefined }) {
  const query = useReleases(site);
  return (
    <PagedTable
      caption="Releases"
      columns={columns(onServe)}
      query={query}
      rowKey={(release) => release.id}
      empty={<Empty title="No release yet">Until the first one the site shows a page that says so.</Empty>}
    />
  );
}
