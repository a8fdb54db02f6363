import { z } from 'zod';

/** Shared column kinds, so that every table says the same thing the same way. */
export const id = z.uuid();
export const maybeId = z.uuid().nullable();
/** An instant: ISO 8601 in UTC with milliseconds, `2026-11-22T10:56:31.123Z`. */
export const instant = z.iso.datetime();
export const maybeInstant = z.iso.datetime().nullable();
/** A calendar day, `2026-11-22`. */
export const day = z.iso.date();
export const text = z.string();
export const maybeText = z.string().nullable();
export const count = z.int().min(0);
/** Integer minor units of the row's currency. */
export const money = z.int();
/** Merged, ascending, non-overlapping [from, to) seconds of a recording that were really played. */
export const ranges = z.array(z.tuple([z.number().min(0), z.number().min(0)])).max(2000);

/** Columns every replicated row carries. */
export const standard = { id, created_at: instant.optional(), updated_at: instant.optional() };
