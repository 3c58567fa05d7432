'use client';
import { Anchor, Text } from '@mantine/core';
import Link from 'next/link';
import type { Event } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Time } from '@/ui/Time';
import { useEvents, type EventFilter } from './api';

const columns: readonly Column<Event>[] = [
  {
    head: 'Event',
    wide: true,
    cell: (event) => (
      <>
        <Text>{event.message === '' ? event.reason : event.message}</Text>
        <Text size="sm" c="dimmed" component="code">
          {event.object}
        </Text>
      </>
    ),
  },
  { head: 'Reason', cell: (event) => <Badge tone={event.type === 'Warning' ? 'bad' : 'idle'}>{event.reason}</Badge> },
  { head: 'When', from: 'sm', right: true, cell: (event) => <Time at={event.at} /> },
];

const customer: Column<Event> = {
  head: 'Customer',
  from: 'md',
  cell: (event) => (
    <Anchor component={Link} href={`/customer/?id=${event.customerId}`}>
      {event.customerId}
    </Anchor>
  ),
};

export function EventTable({ filter, empty }: { filter: EventFilter; empty?: string }) {
  const query = useEvents(filter);
  return (
    <PagedTable
      caption="Events"
      columns={filter.customer ? columns : [...columns.slice(0, 2), customer, ...columns.slice(2)]}
      query={query}
      rowKey={(event) => String(event.seq)}
      empty={<Empty title={empty ?? 'No events'}>What was put right, what failed, and when, is listed here.</Empty>}
    />
  );
}
