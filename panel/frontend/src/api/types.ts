/** Short names for the schemas of docs/openapi.yaml. No shape is described here. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Alias = Schemas['Alias'];
export type AuditRow = Schemas['AuditRow'];
export type AuditVerdict = Schemas['AuditVerdict'];
export type AutoReply = Schemas['AutoReply'];
export type Change = Schemas['Change'];
export type Condition = Schemas['Condition'];
export type Customer = Schemas['Customer'];
export type CustomerState = Schemas['CustomerState'];
export type DkimKey = Schemas['DkimKey'];
export type Domain = Schemas['Domain'];
export type Event = Schemas['Event'];
export type FieldError = Schemas['FieldError'];
export type Import = Schemas['Import'];
export type MailCheck = Schemas['MailCheck'];
export type MailRecord = Schemas['MailRecord'];
export type Mailbox = Schemas['Mailbox'];
export type Operation = Schemas['Operation'];
export type OperationState = Schemas['OperationState'];
export type Plan = Schemas['Plan'];
export type PlanLimits = Schemas['PlanLimits'];
export type Planned = Schemas['Planned'];
export type Problem = Schemas['Problem'];
export type Record = Schemas['Record'];
export type RecordSet = Schemas['RecordSet'];
export type RecordType = Schemas['RecordType'];
export type Release = Schemas['Release'];
export type ReleaseAccepted = Schemas['ReleaseAccepted'];
export type Role = Schemas['Role'];
export type Session = Schemas['Session'];
export type Site = Schemas['Site'];
export type Token = Schemas['Token'];
export type Totp = Schemas['Totp'];
export type TotpEnrolment = Schemas['TotpEnrolment'];
export type User = Schemas['User'];
