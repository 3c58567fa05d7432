import type { Metadata } from 'next';
import { OperationsPage } from '@/features/operations/OperationsPage';

export const metadata: Metadata = { title: 'Operations' };

export default function Route() {
  return <OperationsPage />;
}
