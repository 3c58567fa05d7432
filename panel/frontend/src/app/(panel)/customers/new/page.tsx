import type { Metadata } from 'next';
import { NewCustomerPage } from '@/features/customers/NewCustomerPage';

export const metadata: Metadata = { title: 'New customer' };

export default function Route() {
  return <NewCustomerPage />;
}
