import type { Metadata } from 'next';
import { UsersPage } from '@/features/users/UsersPage';

export const metadata: Metadata = { title: 'Users' };

export default function Route() {
  return <UsersPage />;
}
