import type { Metadata } from 'next';
import { EventsPage } from '@/features/events/EventsPage';

export const metadata: Metadata = { title: 'Events' };

export default function Route() {
  return <EventsPage />;
}
