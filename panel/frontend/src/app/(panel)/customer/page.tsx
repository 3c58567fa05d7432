import type { Metadata } from 'next';
import { CustomerPage } from '@/features/customers/CustomerPage';

export const metadata: Metadata = { title: 'Customer' };

export default function Route() {
  return <CustomerPage />;
}
