import { expect, test } from 'vitest';
import { z } from 'zod';
import { lessonDownloadResponseSchema } from '#contract/api/media.ts';
import { keepMediaSchema } from '#desktop/desktop.ts';

test("the desktop's manifest is the server's answer: neither end may change it alone", () => {
  const shapeOf = (schema: z.ZodType) => z.toJSONSchema(schema);
  expect(shapeOf(keepMediaSchema)).toEqual(shapeOf(lessonDownloadResponseSchema));
});
