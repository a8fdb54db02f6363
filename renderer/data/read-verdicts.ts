import { z } from 'zod';
import { pushResponseSchema, verdictSchema, type OperationVerdict, type PushResponse } from '#contract/protocol.ts';
import { NetworkError } from '../platform/errors.ts';
import { isWireDoc } from './documents.ts';

const envelopeSchema = z.object({ ...pushResponseSchema.shape, verdicts: z.array(z.unknown()) });

/** The answer to a push, which is taken over. Throws `NetworkError` where it is not one: it came from somebody else then. */
export function readVerdicts(answer: unknown): PushResponse {
  const parsed = envelopeSchema.safeParse(answer);
  if (!parsed.success) throw notOurs(parsed.error);
  return { ...parsed.data, verdicts: parsed.data.verdicts.map(readVerdict) };
}

/** By hand where it says what nearly all of a long queue say; the schema would copy each of their documents. */
function readVerdict(given: unknown): OperationVerdict {
  const { s, op, doc } = (given ?? {}) as Partial<Extract<OperationVerdict, { s: 'ok' }>>;
  if (s === 'ok' && typeof op === 'string' && (doc === null || isWireDoc(doc))) return { s, op, doc };
  const parsed = verdictSchema.safeParse(given);
  if (!parsed.success) throw notOurs(parsed.error);
  return parsed.data;
}

const notOurs = (cause: z.ZodError): NetworkError =>
  new NetworkError('an answer to a push that is not one', { answered: true, cause });
