import type { Metadata } from 'next';
import { RedeemPage } from '@/features/redeem/RedeemPage';

export const metadata: Metadata = { title: 'Set your password' };

export default function Route() {
  return <RedeemPage />;
}
