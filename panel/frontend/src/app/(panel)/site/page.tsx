import type { Metadata } from 'next';
import { SitePage } from '@/features/sites/SitePage';

export const metadata: Metadata = { title: 'Site' };

export default function Route() {
  return <SitePage />;
}
