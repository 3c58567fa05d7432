'use client';
import { CustomerFilter } from '@/ui/CustomerFilter';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { EventTable } from './EventTable';

export function EventsPage() {
  const [customer, setCustomer] = useParam('customer');
  return (
    <Page title="Events" lead="What happened to the customers, and why.">
      <Section title="All events" flush aside={<CustomerFilter value={customer} onChange={setCustomer} />}>
        <EventTable filter={{ customer: customer || undefined }} empty={customer ? 'No such events' : 'No events yet'} />
      </Section>
    </Page>
  );
}
