'use client';
import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { MailCheck, MailRecord } from '@/api/types';
import { formatCount } from '@/lib/format';
import { shortName } from '@/lib/zone';
import { Badge } from '@/ui/Badge';
import { Copy } from '@/ui/Copy';
import { DataTable, PagedTable, type Column } from '@/ui/DataTable';
import { Empty, ProblemNote } from '@/ui/Messages';
import { Notice } from '@/ui/Notice';
import { Section } from '@/ui/Page';
import { useMay } from '../session/may';
import { checkMail, useMailRecords } from './api';

type Wanted = Pick<MailRecord, 'name' | 'type' | 'value'>;
type Checked = MailCheck['records'][number];

/** Keys of DKIM are long, and nobody reads them. */
const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 20)}…` : text);

const keyOf = ({ name, type }: Wanted): string => `${name} ${type}`;

const record = (zone: string): Column<Wanted & { problem?: string }> => ({
  head: 'Record',
  wide: true,
  cell: ({ name, type, value, problem }) => (
    <>
      <Text title={name}>
        <strong>{shortName(name, zone)}</strong> {type}
      </Text>
      <Copy text={value} what={`the value of ${shortName(name, zone)} ${type}`} shown={shortened(value)} />
      {problem !== undefined && <Text size="sm">{problem}</Text>}
    </>
  ),
});

const seen: Column<Checked> = {
  head: 'Seen',
  right: true,
  cell: ({ ok, found }) => <Badge tone={ok ? 'ok' : 'bad'}>{ok ? 'right' : found.length === 0 ? 'missing' : 'wrong'}</Badge>,
};

type Service = MailCheck['services'][number];

const services: Column<Service>[] = [
  {
    head: 'Served',
    wide: true,
    cell: ({ name, problem }) => (
      <>
        <Text>{name}</Text>
        {problem !== undefined && <Text size="sm">{problem}</Text>}
      </>
    ),
  },
  { head: 'Seen', right: true, cell: ({ ok }) => <Badge tone={ok ? 'ok' : 'bad'}>{ok ? 'right' : 'wrong'}</Badge> },
];

function Result({ result, zone }: { result: MailCheck; zone: string }) {
  const wrong = result.records.filter(({ ok }) => !ok).length;
  const failing = result.services.filter(({ ok }) => !ok).length;
  return (
    <>
      <div role="status" style={{ padding: '1rem 1rem 0' }}>
        {result.ok ? (
          <Notice tone="ok" title="All of it is right">
            The world sees what the domain’s mail needs.
          </Notice>
        ) : (
          <Notice tone="bad" title={wrong > 0 ? `${formatCount(wrong, 'record')} not as needed` : `${formatCount(failing, 'service')} not as needed`}>
            {result.elsewhere && wrong > 0
              ? 'The domain’s name servers are not those of this installation: set the records there.'
              : 'Berth writes them by itself; what stays wrong is said beside each.'}
          </Notice>
        )}
      </div>
      <DataTable caption="Records of mail" columns={[record(zone), seen]} rows={result.records} rowKey={keyOf} />
      <DataTable caption="What is served for mail" columns={services} rows={result.services} rowKey={({ name }) => name} />
    </>
  );
}

/** What the domain's mail needs in the DNS, and whether the world sees it. */
export function MailRecords({ domain }: { domain: string }) {
  const query = useMailRecords(domain);
  const may = useMay();
  const check = useMutation({ mutationFn: () => checkMail(domain) });
  const button = may('checkDomainMail') && (
    <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} loading={check.isPending} onClick={() => check.mutate()}>
      Check now
    </Button>
  );
  return (
    <Section title="Records of mail" flush aside={button}>
      {check.isError && (
        <div style={{ padding: '1rem' }}>
          <ProblemNote error={check.error} />
        </div>
      )}
      {check.data ? (
        <Result result={check.data} zone={domain} />
      ) : (
        <PagedTable
          caption="Records of mail"
          columns={[record(domain)]}
          query={query}
          rowKey={keyOf}
          empty={<Empty title="No records yet">They appear here once the domain’s mail is on.</Empty>}
        />
      )}
    </Section>
  );
}
