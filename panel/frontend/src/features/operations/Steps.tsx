import { Loader } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconClock, IconPointFilled } from '@tabler/icons-react';
import type { Condition } from '@/api/types';
import { readableTimes } from '@/lib/format';
import { Time } from '@/ui/Time';
import type { StepState } from './stream';
import classes from './Steps.module.css';

const words: { [state in StepState]: string } = {
  done: 'done',
  active: 'under way',
  waiting: 'waiting',
  failed: 'failed',
};

function Icon({ state }: { state: StepState }) {
  if (state === 'done') return <IconCheck size={16} stroke={2.5} aria-hidden />;
  if (state === 'failed') return <IconAlertCircle size={17} aria-hidden />;
  if (state === 'active') return <Loader size={14} aria-hidden="true" />;
  return <IconPointFilled size={12} aria-hidden />;
}

interface StepsProps {
  steps: readonly Condition[];
  states: readonly StepState[];
  label: string;
}

/** Steps with what is known of each: what it is about, what it says, since when, and when it is tried again. */
export function Steps({ steps, states, label }: StepsProps) {
  return (
    <ol className={classes.steps} aria-label={label}>
      {steps.map((step, index) => {
        const state = states[index] ?? 'waiting';
        return (
          <li key={`${step.type} ${step.subject}`} className={classes.step} data-state={state}>
            <span className={classes.icon}>
              <Icon state={state} />
            </span>
            <span className={classes.name}>
              {step.type} <span className={classes.subject}>{step.subject}</span>
            </span>
            <span className={classes.word}>{words[state]}</span>
            <span className={classes.message}>
              {readableTimes(step.message)}
              {step.nextTry && state !== 'done' && (
                <span className={classes.next}>
                  <IconClock size={13} aria-hidden /> next try <Time at={step.nextTry} />
                </span>
              )}
            </span>
            <span className={classes.since}>
              <Time at={step.since} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
