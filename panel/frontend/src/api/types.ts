/** Short names for the schemas of docs/openapi.yaml. No shape is described here. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Change = Schemas['Change'];
export type Condition = Schemas['Condition'];
export type Customer = Schemas['Customer'];
export type CustomerState = Schemas['CustomerState'];
export type Domain = Schemas['Domain'];
export type Event = Schemas['Event'];
export type FieldError = Schemas['FieldError'];
export type Operation = Schemas['Operation'];
export type OperationState = Schemas['OperationState'];
export type Plan = Schemas['Plan'];
export type Planned = Schemas['Planned'];
export type Problem = Schemas['Problem'];
export type Record = Schemas['Record'];
export type Release = Schemas['Release'];
export type ReleaseAccepted = Schemas['ReleaseAccepted'];
export type Session = Schemas['Session'];
export type Site = Schemas['Site'];
export type Totp = Schemas['Totp'];
export type TotpEnrolment = Schemas['TotpEnrolment'];
