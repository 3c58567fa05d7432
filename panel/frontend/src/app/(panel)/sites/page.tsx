import type { Metadata } from 'next';
import { SitesPage } from '@/features/sites/SitesPage';

export const metadata: Metadata = { title: 'Sites' };

export default function Route() {
  return <SitesPage />;
}
