'use client';
import { CustomerFilter } from '@/ui/CustomerFilter';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { DomainTable } from './DomainTable';

export function DomainsPage() {
  const [customer, setCustomer] = useParam('customer');
  return (
    <Page title="Domains" lead="DNS zones that are served for the customers.">
      <Section title="All domains" flush aside={<CustomerFilter value={customer} onChange={setCustomer} />}>
        <DomainTable filter={{ customer: customer || undefined }} {...(customer && { empty: 'No such domains' })} />
      </Section>
    </Page>
  );
}
