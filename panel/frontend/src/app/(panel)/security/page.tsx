import type { Metadata } from 'next';
import { SecurityPage } from '@/features/security/SecurityPage';

export const metadata: Metadata = { title: 'Security' };

export default function Route() {
  return <SecurityPage />;
}
