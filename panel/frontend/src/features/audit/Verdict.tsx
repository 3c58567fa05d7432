import { Copy } from '@/ui/Copy';
import { Notice } from '@/ui/Notice';
import { formatCount } from '@/lib/format';
import type { AuditVerdict } from '@/api/types';

/** What walking the chain of hashes has shown. */
export function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const { whole, rows, head, firstBroken, reason } = verdict;
  return (
    <div role="status">
      {whole ? (
        <Notice tone="ok" title="The audit log is whole">
          {formatCount(rows, 'row')} are as they were written. {head !== '' && <>Newest hash: <Copy text={head} what="the newest hash" /></>}
        </Notice>
      ) : (
        <Notice tone="bad" title="The audit log was changed">
          Row {firstBroken} is the first that is not as it was written{reason === undefined ? '' : `: ${reason}`}. {formatCount(rows, 'row')} were
          read.
        </Notice>
      )}
    </div>
  );
}
