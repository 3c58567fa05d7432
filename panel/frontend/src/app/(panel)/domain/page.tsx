import type { Metadata } from 'next';
import { DomainPage } from '@/features/domains/DomainPage';

export const metadata: Metadata = { title: 'Domain' };

export default function Route() {
  return <DomainPage />;
}
