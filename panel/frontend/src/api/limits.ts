// Generated from docs/openapi.yaml by `npm run schema`. Do not edit: change that file and run it again.
export const limits = {
  "CustomerId": {
    "pattern": "^[a-z](-?[a-z0-9])+$",
    "minLength": 2,
    "maxLength": 40
  },
  "CustomerName": {
    "pattern": "^[^\\x00-\\x1f\\x7f]+$",
    "minLength": 1,
    "maxLength": 120
  },
  "PlanId": {
    "pattern": "^[a-z](-?[a-z0-9])+$",
    "minLength": 2,
    "maxLength": 40
  },
  "Hostname": {
    "pattern": "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    "minLength": 3,
    "maxLength": 253
  },
  "Hostnames": {
    "minItems": 1,
    "maxItems": 100
  },
  "Replicas": {
    "minimum": 0,
    "maximum": 10
  },
  "Email": {
    "minLength": 3,
    "maxLength": 254
  },
  "Password": {
    "minLength": 12,
    "maxLength": 256
  },
  "RecordType": {
    "enum": [
      "A",
      "AAAA",
      "CAA",
      "CNAME",
      "DS",
      "HTTPS",
      "MX",
      "NAPTR",
      "NS",
      "PTR",
      "SRV",
      "SSHFP",
      "SVCB",
      "TLSA",
      "TXT"
    ]
  },
  "CpuQuantity": {
    "pattern": "^([1-9][0-9]{0,7}m|[1-9][0-9]{0,4}(\\.[0-9]{1,3})?|0\\.[0-9]{1,3})$",
    "maxLength": 16
  },
  "BytesQuantity": {
    "pattern": "^[1-9][0-9]{0,9}(Ki|Mi|Gi|Ti)$",
    "maxLength": 16
  },
  "MailLocal": {
    "pattern": "^[a-z0-9_][a-z0-9_-]*(\\.[a-z0-9_-]+)*$",
    "minLength": 1,
    "maxLength": 64
  },
  "MailPassword": {
    "minLength": 12,
    "maxLength": 256
  },
  "SpamJunk": {
    "minimum": 1,
    "maximum": 99
  },
  "SpamReject": {
    "minimum": 2,
    "maximum": 100
  },
  "SuspendReason": {
    "pattern": "^[^\\x00-\\x1f\\x7f]+$",
    "minLength": 1,
    "maxLength": 500
  },
  "Token": {
    "pattern": "^[\\x21-\\x7e]+$",
    "minLength": 1,
    "maxLength": 256
  },
  "UserName": {
    "minLength": 1,
    "maxLength": 120
  },
  "UserCustomers": {
    "maxItems": 200
  },
  "TokenName": {
    "minLength": 1,
    "maxLength": 64
  },
  "TokenDays": {
    "minimum": 1,
    "maximum": 3650
  },
  "Link": {
    "minLength": 1,
    "maxLength": 256
  },
  "RecordTtl": {
    "minimum": 60,
    "maximum": 604800
  },
  "RecordValues": {
    "minItems": 1,
    "maxItems": 50
  },
  "MailboxName": {
    "maxLength": 120
  },
  "MailboxForwards": {
    "maxItems": 100
  },
  "AliasTargets": {
    "minItems": 1,
    "maxItems": 100
  },
  "AutoReplySubject": {
    "maxLength": 200
  },
  "AutoReplyText": {
    "maxLength": 8192
  },
  "MailSearch": {
    "minLength": 1,
    "maxLength": 253
  },
  "Plan.volumes": {
    "minimum": 1,
    "maximum": 100
  },
  "Plan.sites": {
    "minimum": 0,
    "maximum": 1000
  },
  "Plan.domains": {
    "minimum": 0,
    "maximum": 1000
  },
  "Plan.mailboxes": {
    "minimum": 0,
    "maximum": 100000
  },
  "Plan.aliases": {
    "minimum": 0,
    "maximum": 100000
  },
  "Plan.databases": {
    "minimum": 0,
    "maximum": 100
  }
} as const;
