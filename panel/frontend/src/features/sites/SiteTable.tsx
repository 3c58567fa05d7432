'use client';
import { Anchor, Text } from '@mantine/core';
import Link from 'next/link';
import type { Site } from '@/api/types';
import { formatCount } from '@/lib/format';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Time } from '@/ui/Time';
import { useSites, type SiteFilter } from './api';

function more(site: Site): string {
  const others = site.hostnames.length - 1;
  if (others === 0) return site.id;
  return others === 1 ? `and ${site.hostnames[1] ?? ''}` : `and ${formatCount(others, 'other hostname')}`;
}

const site: Column<Site> = {
  head: 'Site',
  wide: true,
  cell: (row) => (
    <>
      <Anchor component={Link} href={`/site/?id=${row.id}`} fw={600}>
        {row.hostnames[0]}
      </Anchor>
      <Text size="sm" c="dimmed">
        {more(row)}
      </Text>
    </>
  ),
};

const customer: Column<Site> = {
  head: 'Customer',
  from: 'sm',
  cell: (row) => (
    <Anchor component={Link} href={`/customer/?id=${row.customerId}`}>
      {row.customerId}
    </Anchor>
  ),
};

const rest: readonly Column<Site>[] = [
  { head: 'State', cell: (row) => <Badge tone={row.ready ? 'ok' : 'wait'}>{row.ready ? 'ready' : 'not ready'}</Badge> },
  { head: 'Replicas', from: 'md', right: true, cell: (row) => row.replicas },
  { head: 'Release', from: 'lg', cell: (row) => (row.release === undefined ? 'none yet' : <code>{row.release}</code>) },
  { head: 'Made', from: 'md', right: true, cell: (row) => <Time at={row.createdAt} /> },
];

export function SiteTable({ filter, empty }: { filter: SiteFilter; empty?: string }) {
  const query = useSites(filter);
  return (
    <PagedTable
      caption="Sites"
      columns={filter.customer ? [site, ...rest] : [site, customer, ...rest]}
      query={query}
      rowKey={(row) => row.id}
      empty={<Empty title={empty ?? 'No sites yet'}>A site serves files at its hostnames. A customer’s domain gets one by itself.</Empty>}
    />
  );
}
