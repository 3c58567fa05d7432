import type { Metadata } from 'next';
import { PlansPage } from '@/features/plans/PlansPage';

export const metadata: Metadata = { title: 'Plans' };

export default function Route() {
  return <PlansPage />;
}
