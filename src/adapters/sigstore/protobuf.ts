/** JSON as protobuf writes it (https://protobuf.dev/programming-guides/json/), read strictly. */
import { z } from 'zod';
import { isBase64 } from './base64.ts';

/** Null means that it is not there. */
export const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** Numbers of 64 bits are text. In one spelling, and never below zero: what is counted here begins there. */
export const Int64 = z.string().regex(/^(?:0|[1-9][0-9]{0,18})$/);

/** The message of an issue about bytes that are not canonical base64. */
export const NOT_BASE64 = 'is not canonical base64';

export const bytesAsBase64 = (maxText: number) => z.string().min(1).max(maxText).refine(isBase64, NOT_BASE64);
