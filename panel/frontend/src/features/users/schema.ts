/** The forms of users: what is typed, and what of it can be sent. */
import { z } from 'zod';
import { limits } from '@/api/limits';
import type { Role } from '@/api/types';

export const roles: readonly Role[] = ['admin', 'reseller', 'owner', 'member'];

/** What each role is, in the words that somebody who chooses one needs. */
export const roleWords: { [role in Role]: string } = {
  admin: 'Runs the installation and sees all customers.',
  reseller: 'Makes customers, and looks after its own.',
  owner: 'Looks after its customers and their users.',
  member: 'Works on the sites and records of its customers.',
};

/** Who is no admin makes users for its own customers only. */
export const grantable = (by: Role): readonly Role[] =>
  by === 'admin' ? roles : by === 'member' ? [] : ['owner', 'member'];

const customers = z.array(z.string()).max(limits.UserCustomers.maxItems, `At most ${limits.UserCustomers.maxItems} customers`);

const role = z.enum(roles, 'Choose a role');
const name = z.string().trim().max(limits.UserName.maxLength, `At most ${limits.UserName.maxLength} characters`);

interface Whole {
  role: Role;
  customers: string[];
}

/** Admins see everybody, so they name nobody; owners and members are there for somebody. */
function checkCustomers(user: Whole, context: z.RefinementCtx<Whole>): void {
  const say = (message: string) => context.addIssue({ code: 'custom', path: ['customers'], message });
  if (user.role === 'admin' && user.customers.length > 0) say('Leave it empty: an admin sees all customers');
  if ((user.role === 'owner' || user.role === 'member') && user.customers.length === 0) say('Name the customers that the user is for');
}

export const newUserSchema = z
  .object({
    email: z
      .string()
      .trim()
      .max(limits.Email.maxLength, `At most ${limits.Email.maxLength} characters`)
      .regex(/^[^@\s]+@[^@\s]+$/, 'Write an e-mail address, such as anna@example.com'),
    name,
    role,
    customers,
  })
  .superRefine(checkCustomers);

export const userSchema = z.object({ name: name.min(1, 'Give it a name'), role, customers }).superRefine(checkCustomers);
