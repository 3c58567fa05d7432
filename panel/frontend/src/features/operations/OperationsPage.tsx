'use client';
import { Group, NativeSelect } from '@mantine/core';
import type { OperationState } from '@/api/types';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { CustomerFilter } from '@/ui/CustomerFilter';
import { OperationTable } from './OperationTable';

const states: readonly OperationState[] = ['accepted', 'running', 'done', 'failed'];

export function OperationsPage() {
  const [state, setState] = useParam('state');
  const [customer, setCustomer] = useParam('customer');
  return (
    <Page title="Operations" lead="Accepted changes, followed to their end.">
      <Section
        title="All operations"
        flush
        aside={
          <Group gap="xs">
            <CustomerFilter value={customer} onChange={setCustomer} />
            <NativeSelect
              aria-label="State"
              size="xs"
              value={state}
              onChange={(event) => setState(event.currentTarget.value)}
              data={[{ value: '', label: 'Any state' }, ...states]}
            />
          </Group>
        }
      >
        <OperationTable
          filter={{ customer: customer || undefined, state: states.find((known) => known === state) }}
          empty={state || customer ? 'No such operations' : 'No operations yet'}
        />
      </Section>
    </Page>
  );
}
