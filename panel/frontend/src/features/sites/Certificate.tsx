import { Text } from '@mantine/core';
import type { Condition } from '@/api/types';
import { readableTimes } from '@/lib/format';
import { Badge } from '@/ui/Badge';

/** The state of the site's certificate, as its step "tls" saw it from outside. */
export function Certificate({ conditions }: { conditions: readonly Condition[] }) {
  const tls = conditions.find(({ type }) => type === 'tls');
  if (!tls || tls.status === 'unknown') return <Badge tone="idle">not looked at yet</Badge>;
  return (
    <>
      <Badge tone={tls.status === 'true' ? 'ok' : 'wait'}>{tls.status === 'true' ? 'trusted' : 'not there yet'}</Badge>
      {tls.message !== '' && (
        <Text size="sm" c="dimmed" mt={2}>
          {readableTimes(tls.message)}
        </Text>
      )}
    </>
  );
}
