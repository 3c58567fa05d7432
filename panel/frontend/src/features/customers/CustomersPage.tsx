'use client';
import { Anchor, Group, NativeSelect, Text } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import Link from 'next/link';
import type { Customer, CustomerState } from '@/api/types';
import { formatCount } from '@/lib/format';
import { PagedTable, type Column } from '@/ui/DataTable';
import { LinkButton } from '@/ui/LinkButton';
import { Empty } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { TextFilter } from '@/ui/TextFilter';
import { Time } from '@/ui/Time';
import { usePlanChoice } from '../plans/api';
import { useMay } from '../session/may';
import { useCustomers } from './api';
import { CustomerBadge } from './state';

const states: readonly CustomerState[] = ['active', 'suspended', 'trashed', 'erasing'];

const columns: readonly Column<Customer>[] = [
  {
    head: 'Customer',
    wide: true,
    cell: (customer) => (
      <>
        <Anchor component={Link} href={`/customer/?id=${customer.id}`} fw={600}>
          {customer.name}
        </Anchor>
        <Text size="sm" c="dimmed">
          {customer.name !== customer.id && `${customer.id} · `}
          {formatCount(customer.counts.sites, 'site')}, {formatCount(customer.counts.domains, 'domain')}
        </Text>
      </>
    ),
  },
  { head: 'State', cell: (customer) => <CustomerBadge customer={customer} /> },
  { head: 'Plan', from: 'sm', cell: (customer) => customer.plan },
  { head: 'Changed', from: 'md', right: true, cell: (customer) => <Time at={customer.updatedAt} /> },
  { head: 'Customer since', from: 'lg', right: true, cell: (customer) => <Time at={customer.createdAt} /> },
];

function Filters() {
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const [plan, setPlan] = useParam('plan');
  const plans = usePlanChoice();
  const known = plans.data?.map(({ id }) => id) ?? [];
  return (
    <Group gap="xs">
      <TextFilter
        label="Search by id or name"
        value={q}
        onChange={setQ}
        maxLength={64}
        width={210}
        icon={<IconSearch size={14} aria-hidden />}
      />
      <NativeSelect
        aria-label="State"
        size="xs"
        value={state}
        onChange={(event) => setState(event.currentTarget.value)}
        data={[{ value: '', label: 'Any state' }, ...states]}
      />
      <NativeSelect
        aria-label="Plan"
        size="xs"
        value={plan}
        onChange={(event) => setPlan(event.currentTarget.value)}
        data={[{ value: '', label: 'Any plan' }, ...(plan === '' || known.includes(plan) ? known : [plan, ...known])]}
      />
    </Group>
  );
}

export function CustomersPage() {
  const [q] = useParam('q');
  const [state] = useParam('state');
  const [plan] = useParam('plan');
  const query = useCustomers({ q, state: states.find((known) => known === state), plan });
  const may = useMay();
  const create = may('createCustomer') && (
    <LinkButton href="/customers/new/" leftSection={<IconPlus size={16} aria-hidden />}>
      New customer
    </LinkButton>
  );
  const filtered = q !== '' || state !== '' || plan !== '';
  return (
    <Page title="Customers" lead="Each has a namespace of its own, with the limits of its plan." actions={create}>
      <Section title="All customers" flush aside={<Filters />}>
        <PagedTable
          caption="Customers"
          columns={columns}
          query={query}
          rowKey={(customer) => customer.id}
          empty={
            filtered ? (
              <Empty title="No such customers">Nobody matches the search and the filters above.</Empty>
            ) : (
              <Empty title="No customers yet" action={create}>
                {create ? 'Make the first one: with a domain it gets a zone and a site in the same go.' : 'None was given to you.'}
              </Empty>
            )
          }
        />
      </Section>
    </Page>
  );
}
