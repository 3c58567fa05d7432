'use client';
import { TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { limits } from '@/api/limits';
import { hostnameOrNone } from '@/lib/fields';
import { toSlug } from '@/lib/names';
import { Page, Section } from '@/ui/Page';
import { ReviewForm } from '@/ui/ReviewForm';
import { PlanPicker } from '../plans/PlanPicker';
import { makeCustomer, previewCustomer } from './make';

const schema = z.object({
  name: z.string().trim().max(limits.CustomerName.maxLength, `At most ${limits.CustomerName.maxLength} characters`),
  id: z
    .string()
    .trim()
    .min(1, 'Choose an id')
    .min(limits.CustomerId.minLength, `At least ${limits.CustomerId.minLength} characters`)
    .max(limits.CustomerId.maxLength, `At most ${limits.CustomerId.maxLength} characters`)
    .regex(new RegExp(limits.CustomerId.pattern), 'A lower-case letter, then letters, digits and single dashes between them'),
  plan: z.string().min(1, 'Choose a plan'),
  domain: hostnameOrNone,
});

export function NewCustomerPage() {
  const router = useRouter();
  const [ownId, setOwnId] = useState(false);
  const made = useRef('');
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: '', id: '', plan: 'small', domain: '' } });
  const { errors } = form.formState;
  const name = form.register('name', {
    onChange: (event: { target: { value: string } }) => {
      if (!ownId) form.setValue('id', toSlug(event.target.value, limits.CustomerId.maxLength), { shouldValidate: form.formState.isSubmitted });
    },
  });
  return (
    <Page title="New customer" above={{ href: '/customers/', text: 'Customers' }}>
      <div style={{ maxWidth: '46rem' }}>
        <Section title="Customer and first domain">
          <ReviewForm
            form={form}
            fields={['name', 'id', 'plan', 'domain']}
            action="Make the customer"
            preview={(values) => previewCustomer(values, made.current)}
            apply={(values, key) =>
              makeCustomer(values, key, made.current, (id) => {
                made.current = id;
              })
            }
            onCancel={() => router.push('/customers/')}
            onAccepted={(operation) => router.push(`/customer/?id=${operation.customerId}&op=${operation.id}`)}
          >
            <TextInput label="Name" description="For people; it can be changed later." {...name} error={errors.name?.message} data-autofocus />
            <TextInput
              label="Id"
              description="Stays for good. It names the customer’s namespace, and is what the command line takes."
              spellCheck={false}
              autoCapitalize="none"
              required
              {...form.register('id', { onChange: () => setOwnId(true) })}
              error={errors.id?.message}
            />
            <Controller
              control={form.control}
              name="plan"
              render={({ field }) => <PlanPicker value={field.value} onChange={field.onChange} error={errors.plan?.message} />}
            />
            <TextInput
              label="Domain"
              description="Left empty, the customer has none yet. With one it gets a DNS zone, and a site for the domain and its www."
              placeholder="example.com"
              spellCheck={false}
              autoCapitalize="none"
              inputMode="url"
              {...form.register('domain')}
              error={errors.domain?.message}
            />
          </ReviewForm>
        </Section>
      </div>
    </Page>
  );
}
