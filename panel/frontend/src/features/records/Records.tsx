'use client';
import { Button, Group, List, Text } from '@mantine/core';
import { IconPencil, IconPlus, IconRefresh, IconTrash, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import type { Operation, Record, RecordType } from '@/api/types';
import { shortName } from '@/lib/zone';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty, ProblemNote } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { RowMenu, type RowAction } from '@/ui/RowMenu';
import { useMay } from '../session/may';
import { useRecords, type Place } from './api';
import { ExportButton } from './ExportButton';
import { ImportDialog } from './ImportDialog';
import { DeleteRecordDialog, EditRecordDialog, NewRecordDialog } from './RecordDialogs';
import { recordTypes } from './schema';

type Dialog = { kind: 'new' | 'import' } | { kind: 'edit' | 'delete'; place: Place; record: Record };

const keepers = {
  berth: { tone: 'idle', word: 'protected', title: 'Berth keeps it by itself' },
  customer: { tone: 'ok', word: 'yours', title: 'Berth keeps it as it was asked for' },
  nobody: { tone: 'wait', word: 'by hand', title: 'Written by hand, and left alone' },
} as const;

/** Who keeps it: only what the customer asked for, or nobody keeps, can be written. The SOA goes with the zone. */
function keeperOf({ type, keptBy, owned }: Record): keyof typeof keepers {
  if (type === 'SOA') return 'berth';
  return keptBy ?? (owned ? 'berth' : 'nobody');
}

function Keeper({ record }: { record: Record }) {
  const { tone, word, title } = keepers[keeperOf(record)];
  return (
    <span title={title}>
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

const columns = (zone: string): readonly Column<Record>[] => [
  {
    head: 'Name',
    cell: (record) => (
      <Text fw={600} title={record.name}>
        {shortName(record.name, zone)}
      </Text>
    ),
  },
  { head: 'Type', cell: (record) => record.type },
  {
    head: 'Values',
    wide: true,
    cell: (record) => (
      <List listStyleType="none" size="sm">
        {record.values.map((value) => (
          <List.Item key={value}>
            <code>{value}</code>
          </List.Item>
        ))}
      </List>
    ),
  },
  { head: 'TTL', from: 'md', right: true, cell: (record) => `${record.ttl} s` },
  { head: 'Kept', from: 'sm', cell: (record) => <Keeper record={record} /> },
];

interface May {
  write: boolean;
  delete: boolean;
}

/** Protected records, and types that cannot be written, have no actions; only the customer's own can be deleted. */
function actionsOf(record: Record, domain: string, may: May, open: (dialog: Dialog) => void): RowAction[] {
  const type = recordTypes.find((known: RecordType) => known === record.type);
  const keeper = keeperOf(record);
  if (type === undefined || keeper === 'berth') return [];
  const place = { domain, name: record.name, type };
  return [
    ...(may.write ? [{ text: 'Edit', Icon: IconPencil, act: () => open({ kind: 'edit', place, record }) }] : []),
    ...(may.delete && keeper === 'customer'
      ? [{ text: 'Delete', Icon: IconTrash, danger: true, act: () => open({ kind: 'delete', place, record }) }]
      : []),
  ];
}

interface RecordsProps {
  domain: string;
  /** A change was accepted and can be followed. */
  onAccepted: (operation: Operation) => void;
}

function Dialogs({ dialog, domain, ...done }: { dialog: Dialog; domain: string; onClose: () => void; onAccepted: (operation: Operation) => void }) {
  switch (dialog.kind) {
    case 'new':
      return <NewRecordDialog domain={domain} {...done} />;
    case 'import':
      return <ImportDialog domain={domain} {...done} />;
    case 'edit':
      return <EditRecordDialog place={dialog.place} record={dialog.record} {...done} />;
    case 'delete':
      return <DeleteRecordDialog place={dialog.place} {...done} />;
  }
}

/** The zone as the name server has it now, and the ways to change what is the customer's. */
export function Records({ domain, onAccepted }: RecordsProps) {
  const query = useRecords(domain);
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const [fault, setFault] = useState<unknown>();
  const write = may('putRecord');
  const actions: Column<Record> = {
    head: 'Actions',
    right: true,
    cell: (record) => (
      <RowMenu
        of={`${shortName(record.name, domain)} ${record.type}`}
        actions={actionsOf(record, domain, { write, delete: may('deleteRecord') }, setDialog)}
      />
    ),
  };
  const buttons = (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} aria-hidden />}
        loading={query.isFetching && !query.isPending}
        onClick={() => void query.refetch()}
      >
        Read again
      </Button>
      {may('exportZone') && <ExportButton domain={domain} onError={setFault} />}
      {may('importZone') && (
        <Button size="xs" variant="default" leftSection={<IconUpload size={14} aria-hidden />} onClick={() => setDialog({ kind: 'import' })}>
          Import
        </Button>
      )}
      {write && (
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
          Add a record
        </Button>
      )}
    </Group>
  );
  return (
    <Section title="Records" flush aside={buttons}>
      {fault !== undefined && <ProblemNote error={fault} />}
      <PagedTable
        caption="Records"
        columns={write ? [...columns(domain), actions] : columns(domain)}
        query={query}
        rowKey={(record) => `${record.name} ${record.type}`}
        empty={<Empty title="No records">The zone is not there yet.</Empty>}
      />
      {dialog && (
        <Dialogs
          dialog={dialog}
          domain={domain}
          onClose={() => setDialog(undefined)}
          onAccepted={(operation) => {
            setDialog(undefined);
            onAccepted(operation);
          }}
        />
      )}
    </Section>
  );
}
