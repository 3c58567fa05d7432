import type { Condition } from '@/api/types';
import { formatCount } from '@/lib/format';
import { Empty } from '@/ui/Messages';
import { conditionStates, doneCount } from './stream';
import { Steps } from './Steps';

/** "9 of 11 steps done": the aside of a section with conditions. */
export function conditionsSummary(conditions: readonly Condition[]): string {
  return `${doneCount(conditions)} of ${formatCount(conditions.length, 'step')} done`;
}

/** What is true and what is not, as it was last observed. */
export function Conditions({ conditions }: { conditions: readonly Condition[] }) {
  if (conditions.length === 0) {
    return <Empty title="Nothing was observed yet">The steps appear here when the first of them was looked at.</Empty>;
  }
  return <Steps steps={conditions} states={conditionStates(conditions)} label="Conditions" />;
}
