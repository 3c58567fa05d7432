import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, madeOf, take, takeTagged } from '@/api/client';
import { asQuery, pages } from '@/api/query';
import type { Plan, PlanLimits } from '@/api/types';
import { cpuCores, formatCount, formatCpu, formatQuantity } from '@/lib/format';

export function usePlans() {
  return useInfiniteQuery({
    queryKey: ['plans'],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/plans', { params: { query: asQuery({ cursor: pageParam }) } })),
  });
}

/** All plans at once and the smallest first, for a choice among them: 200 are more than anybody sells. */
export function usePlanChoice() {
  return useQuery({
    queryKey: ['plans', 'choice'],
    staleTime: 60_000,
    queryFn: async (): Promise<Plan[]> => {
      const { items } = await take(api.GET('/api/v1/plans', { params: { query: { limit: 200 } } }));
      return items.sort((a, b) => cpuCores(a.cpu) - cpuCores(b.cpu));
    },
  });
}

export function usePlan(id: string | undefined) {
  return useQuery({
    queryKey: ['plan', id],
    enabled: id !== undefined,
    staleTime: 60_000,
    queryFn: () => take(api.GET('/api/v1/plans/{plan}', { params: { path: { plan: id ?? '' } } })),
  });
}

/** "5 sites, 5 domains". The server always says how many; the type has them optional because a new plan may leave them out. */
export function planCounts(plan: Plan): string {
  return `${formatCount(plan.sites ?? 0, 'site')}, ${formatCount(plan.domains ?? 0, 'domain')}`;
}

/** "0.5 CPU, 512 MiB memory, 10 GiB storage". */
export function planLimits(plan: Plan): string {
  return `${formatCpu(plan.cpu)}, ${formatQuantity(plan.memory)} memory, ${formatQuantity(plan.storage)} storage`;
}

/** With its version, for a form that changes it. */
export function usePlanNow(id: string) {
  return useQuery({
    queryKey: ['plan now', id],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => takeTagged(api.GET('/api/v1/plans/{plan}', { params: { path: { plan: id } } })),
  });
}

export const createPlan = async (body: PlanLimits & { id: string }, key: string) =>
  madeOf(await take(api.POST('/api/v1/plans', { params: { header: asked({ key }).header }, body })));

export const replacePlan = (id: string, body: PlanLimits, etag: string | undefined) =>
  take(api.PUT('/api/v1/plans/{plan}', { params: { path: { plan: id }, header: asked({ etag }).header }, body }));

export const deletePlan = (id: string) => take(api.DELETE('/api/v1/plans/{plan}', { params: { path: { plan: id } } }));
