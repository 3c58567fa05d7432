'use client';
import { Radio } from '@mantine/core';
import type { Plan } from '@/api/types';
import { formatCpu, formatQuantity } from '@/lib/format';
import { Loaded } from '@/ui/Messages';
import { planCounts, usePlanChoice } from './api';
import classes from './PlanPicker.module.css';

interface PlanPickerProps {
  value: string;
  onChange: (id: string) => void;
  error?: string | undefined;
  /** The plan that it has at present. */
  now?: string;
}

function Card({ plan }: { plan: Plan }) {
  return (
    <Radio.Card value={plan.id} className={classes.card ?? ''}>
      <span className={classes.name}>
        {plan.id}
        <Radio.Indicator size="xs" />
      </span>
      <span className={classes.limits}>
        {formatCpu(plan.cpu)}, {formatQuantity(plan.memory)}
        <br />
        {formatQuantity(plan.storage)} storage
        <br />
        {planCounts(plan)}
      </span>
    </Radio.Card>
  );
}

/** The plans as cards, each with what it allows. */
export function PlanPicker({ value, onChange, error, now }: PlanPickerProps) {
  const query = usePlanChoice();
  return (
    <Loaded query={query} what="the plans">
      {(plans) => (
        <Radio.Group label="Plan" {...(now !== undefined && { description: `At present: ${now}` })} value={value} onChange={onChange} error={error}>
          <div className={classes.cards}>
            {plans.map((plan) => (
              <Card key={plan.id} plan={plan} />
            ))}
          </div>
        </Radio.Group>
      )}
    </Loaded>
  );
}
