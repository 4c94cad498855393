/** What Slack takes, and what its mrkdwn must not contain: checked on payloads, not on our own functions. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { Payload } from '../../src/ports.ts';

const TextObject = z.strictObject({
  type: z.enum(['plain_text', 'mrkdwn']),
  text: z.string().min(1).max(3_000),
  emoji: z.boolean().optional(),
  verbatim: z.boolean().optional(),
});
const Block = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    text: TextObject.extend({ type: z.literal('plain_text'), text: z.string().min(1).max(150) }),
  }),
  z.strictObject({ type: z.literal('section'), text: TextObject.extend({ verbatim: z.literal(true) }) }),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(TextObject.extend({ text: z.string().min(1).max(2_000) }))
      .min(1)
      .max(10),
  }),
]);

type SlackPayload = Extract<Payload, { kind: 'slack' }>;

/** Every text of the blocks, in order. */
export function slackTexts(payload: SlackPayload): readonly string[] {
  return z
    .array(Block)
    .parse(payload.blocks)
    .flatMap((block) => (block.type === 'context' ? block.elements.map(({ text }) => text) : [block.text.text]));
}

/** A sequence Slack acts on: `<` begins one, and only our own http(s) links may. */
const CONTROL = /<(?!https?:\/\/[^<>|\s]+\|[^<>]*>)/;
const INVISIBLE = /[\p{Cc}\p{Cf}]/u;

export function expectWithinSlackLimits(payload: SlackPayload): void {
  const texts = slackTexts(payload);
  expect(payload.blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(payload.blocks).length).toBeLessThanOrEqual(12_000);
  for (const text of [...texts.slice(1), payload.text]) {
    expect(text).not.toMatch(CONTROL);
    expect(text).not.toMatch(/@(here|channel|everyone|group)/i);
    expect(text.replaceAll('\n', '').replaceAll('@\u2060', '@')).not.toMatch(INVISIBLE);
    expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
  }
  expect(payload.text.length).toBeGreaterThan(0);
  expect(payload.text.length).toBeLessThanOrEqual(4_000);
}
