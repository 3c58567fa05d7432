import { List, Stack, Text } from '@mantine/core';
import type { Import } from '@/api/types';
import { formatCount } from '@/lib/format';
import { shortName } from '@/lib/zone';

/** What the import of a zone file would do, counted in RRsets, and what it leaves out. */
export function ImportSummary({ planned, zone }: { planned: Import; zone: string }) {
  const { written, deleted, unchanged, skipped } = planned;
  return (
    <Stack gap={6}>
      <Text>
        {formatCount(written, 'RRset')} written, {deleted} deleted, {unchanged} as they are, {skipped.length} left out.
      </Text>
      {skipped.length > 0 && (
        <div role="region" aria-label="Left out" tabIndex={0} style={{ maxHeight: '20vh', overflow: 'auto' }}>
          <List size="sm">
            {skipped.map(({ name, type, reason }) => (
              <List.Item key={`${name} ${type}`}>
                <code>
                  {shortName(name, zone)} {type}
                </code>
                : {reason}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}
