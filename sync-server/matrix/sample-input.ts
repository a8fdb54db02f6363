import { z } from 'zod';

type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
};

/** The smallest input that fits a command's shape, so that what refuses a call is the caller's role and not the body. */
export function sampleInput(input: z.ZodType): unknown {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema;
  return sample(schema, schema.$defs ?? {});
}

function sample(schema: Schema, shared: Readonly<Record<string, Schema>>): unknown {
  if (schema.$ref) return sample(shared[schema.$ref.replace('#/$defs/', '')] ?? {}, shared);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (choice) return sample(choice, shared);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object')
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, sample(schema.properties?.[name] ?? {}, shared)]),
    );
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}, shared));
  if (type === 'integer' || type === 'number')
    return schema.minimum ?? (schema.exclusiveMinimum === undefined ? 1 : schema.exclusiveMinimum + 1);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return sampleText(schema);
}

const texts: Readonly<Record<string, () => string>> = {
  uuid: () => crypto.randomUUID(),
  email: () => 'somebody@example.test',
  date: () => '2026-12-01',
  'date-time': () => '2026-12-01T10:00:00Z',
  time: () => '10:00:00',
  uri: () => 'https://example.test',
};

const sampleText = ({ format, minLength = 1 }: Schema): string =>
  (texts[format ?? ''] ?? (() => 'x'.repeat(Math.max(1, minLength))))();
