import type { Customer, CustomerState } from '@/api/types';
import { Badge, type Tone } from '@/ui/Badge';

const tones: { [state in CustomerState]: Tone } = { active: 'ok', suspended: 'wait', trashed: 'bad', erasing: 'bad' };

type Shown = Pick<Customer, 'state' | 'ready' | 'generation' | 'observedGeneration'>;

/** One word for how a customer is: its state, and while it is active whether it is as it should be. */
export function customerWord(customer: Shown): { word: string; tone: Tone } {
  if (customer.state !== 'active') return { word: customer.state, tone: tones[customer.state] };
  if (customer.ready) return { word: 'ready', tone: 'ok' };
  return customer.observedGeneration < customer.generation ? { word: 'changing', tone: 'wait' } : { word: 'not ready', tone: 'bad' };
}

export function CustomerBadge({ customer }: { customer: Shown }) {
  const { word, tone } = customerWord(customer);
  return <Badge tone={tone}>{word}</Badge>;
}
