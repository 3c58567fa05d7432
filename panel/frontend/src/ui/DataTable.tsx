import { Button, Center, Table, VisuallyHidden } from '@mantine/core';
import type { UseInfiniteQueryResult, InfiniteData } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading, ProblemNote } from './Messages';
import classes from './DataTable.module.css';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Left out below this width. The first column stays, and says the most important of what was left out. */
  from?: 'sm' | 'md' | 'lg';
  right?: boolean;
  /** Takes what room the others leave. */
  wide?: boolean;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** A table whose first column names the row, for eyes and screen readers. */
export function DataTable<Row>({ caption, columns, rows, rowKey }: DataTableProps<Row>) {
  const props = (column: Column<Row>) => ({
    ...(column.from && { 'data-from': column.from }),
    ...(column.wide && { 'data-wide': true }),
    ...(column.right && { ta: 'right' as const }),
  });
  return (
    <Table className={classes.table ?? ''} borderColor="var(--line)" highlightOnHover highlightOnHoverColor="var(--surface-sunk)">
      <caption>
        <VisuallyHidden>{caption}</VisuallyHidden>
      </caption>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.head} scope="col" {...props(column)}>
              {column.head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={rowKey(row)}>
            {columns.map((column, index) =>
              index === 0 ? (
                <Table.Th key={column.head} scope="row" {...props(column)}>
                  {column.cell(row)}
                </Table.Th>
              ) : (
                <Table.Td key={column.head} {...props(column)}>
                  {column.cell(row)}
                </Table.Td>
              ),
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface PagedTableProps<Row> extends Omit<DataTableProps<Row>, 'rows'> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Row[] }>>;
  empty: ReactNode;
}

/** A list of the API: its pages so far, and the way to the next one. */
export function PagedTable<Row>({ query, empty, ...table }: PagedTableProps<Row>) {
  const note = query.isError && (
    <div className={classes.note}>
      <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
    </div>
  );
  if (query.data === undefined) return note || <Loading what={table.caption} lines={5} />;
  const rows = query.data.pages.flatMap((page) => page.items);
  return (
    <>
      {note}
      {rows.length === 0 ? empty : <DataTable {...table} rows={rows} />}
      {query.hasNextPage && (
        <Center p="sm">
          <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </>
  );
}
