'use client';
import { Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type DragEvent } from 'react';
import { asProblem } from '@/api/problem';
import type { Operation } from '@/api/types';
import { formatBytes } from '@/lib/format';
import { archiveType } from '@/lib/names';
import { useRequestKey } from '@/ui/hooks';
import { ProblemNote } from '@/ui/Messages';
import { uploadRelease } from './upload';
import classes from './Uploader.module.css';

const accept = '.zip,.tar,.tar.gz,.tgz';
const wrongType = 'This is no archive that can be deployed: choose a .zip, .tar, .tar.gz or .tgz file.';

/** One upload at a time: its progress, its end, and the way to stop it. */
function useUpload(site: string, onAccepted: (operation: Operation) => void) {
  const [part, setPart] = useState(0);
  const stop = useRef<AbortController>(undefined);
  const request = useRequestKey();
  const mutation = useMutation({
    mutationFn: (file: File) => {
      const type = archiveType(file.name);
      if (!type) throw new Error(wrongType);
      setPart(0);
      stop.current = new AbortController();
      return uploadRelease({ site, file, type, key: `${request.key()}-${file.size}`, onProgress: setPart, signal: stop.current.signal });
    },
    onSuccess: ({ operation }) => {
      request.next();
      onAccepted(operation);
    },
    onError: request.failed,
  });
  return { mutation, part, stop: () => stop.current?.abort() };
}

function Sending({ file, part, onStop }: { file: File; part: number; onStop: () => void }) {
  const percent = Math.round(part * 100);
  return (
    <Stack gap="xs" maw="30rem" mx="auto">
      <Text size="sm">
        {percent < 100 ? `Sending ${file.name}` : `${file.name} was sent; it is being checked`} · {formatBytes(file.size * part)} of {formatBytes(file.size)}
      </Text>
      <Progress value={percent} aria-label={`Upload of ${file.name}`} />
      <div>
        <Button size="xs" variant="default" onClick={onStop}>
          Stop
        </Button>
      </div>
    </Stack>
  );
}

interface UploaderProps {
  site: string;
  onAccepted: (operation: Operation) => void;
}

/** Takes an archive, chosen or dropped, and sends it as the site's next release. */
export function Uploader({ site, onAccepted }: UploaderProps) {
  const { mutation, part, stop } = useUpload(site, onAccepted);
  const [over, setOver] = useState(false);
  const [wrong, setWrong] = useState(false);
  const begin = (file: File | null | undefined) => {
    if (!file) return;
    setWrong(archiveType(file.name) === undefined);
    mutation.reset();
    if (archiveType(file.name) !== undefined) mutation.mutate(file);
  };
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(inside);
  };
  const drop = (event: DragEvent) => {
    drag(false)(event);
    if (!mutation.isPending) begin(event.dataTransfer.files[0]);
  };
  const stopped = mutation.error instanceof DOMException && mutation.error.name === 'AbortError';
  return (
    <Stack gap="sm">
      <div
        className={classes.drop}
        data-over={over || undefined}
        role="group"
        aria-label="Deploy a release"
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={drop}
      >
        {mutation.isPending ? (
          <Sending file={mutation.variables} part={part} onStop={stop} />
        ) : (
          <Stack gap={6} align="center">
            <FileButton accept={accept} onChange={begin} key={mutation.submittedAt} inputProps={{ 'aria-label': 'Archive to deploy' }}>
              {(props) => (
                <Button variant="default" leftSection={<IconUpload size={16} aria-hidden />} {...props}>
                  Deploy an archive
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed">
              Or drop one here: zip, tar or tar.gz, with an index.html at its top. The site is switched at once and whole.
            </Text>
          </Stack>
        )}
      </div>
      <Group role="status" gap={0}>
        {stopped && (
          <Text size="sm" c="dimmed">
            The upload was stopped. The release that is served stays.
          </Text>
        )}
      </Group>
      {wrong && (
        <Text size="sm" c="var(--bad)" role="alert">
          {wrongType}
        </Text>
      )}
      {mutation.isError && !stopped && (
        <ProblemNote error={mutation.error} onRetry={asProblem(mutation.error).status === 0 ? () => begin(mutation.variables) : undefined} />
      )}
    </Stack>
  );
}
