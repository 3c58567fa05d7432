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
  "SuspendReason": {
    "pattern": "^[^\\x00-\\x1f\\x7f]+$",
    "minLength": 1,
    "maxLength": 500
  },
  "Token": {
    "pattern": "^[\\x21-\\x7e]+$",
    "minLength": 1,
    "maxLength": 256
  }
} as const;
