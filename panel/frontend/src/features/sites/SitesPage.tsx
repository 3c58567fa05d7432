'use client';
import { CustomerFilter } from '@/ui/CustomerFilter';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { SiteTable } from './SiteTable';

export function SitesPage() {
  const [customer, setCustomer] = useParam('customer');
  return (
    <Page title="Sites" lead="Web workloads of the customers, and the releases that they serve.">
      <Section title="All sites" flush aside={<CustomerFilter value={customer} onChange={setCustomer} />}>
        <SiteTable filter={{ customer: customer || undefined }} {...(customer && { empty: 'No such sites' })} />
      </Section>
    </Page>
  );
}
