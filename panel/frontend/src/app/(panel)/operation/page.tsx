import type { Metadata } from 'next';
import { OperationPage } from '@/features/operations/OperationPage';

export const metadata: Metadata = { title: 'Operation' };

export default function Route() {
  return <OperationPage />;
}
