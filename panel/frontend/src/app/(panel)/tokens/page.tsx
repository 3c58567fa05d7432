import type { Metadata } from 'next';
import { TokensPage } from '@/features/tokens/TokensPage';

export const metadata: Metadata = { title: 'API tokens' };

export default function Route() {
  return <TokensPage />;
}
