import type { Metadata } from 'next';
import { DomainsPage } from '@/features/domains/DomainsPage';

export const metadata: Metadata = { title: 'Domains' };

export default function Route() {
  return <DomainsPage />;
}
