/** Tells the person at the demo what happened, from what stands on the emulated servers. */
import { styleText } from 'node:util';
import { z } from 'zod';
import { day, type Instant } from '../../src/core/time.ts';
import type { EmulatedGithub, EmulatedSlack, EmulatedSlackMessage } from '../support/emulators.ts';
import { PLACES } from './herald.ts';

export interface Narrator {
  begin(at: Instant): void;
  /** A new moment. */
  day(at: Instant): void;
  /** What happened upstream, and what was posted or edited because of it. */
  tell(says: string): Promise<void>;
  /** The channel, the digests and the issues as they stand at the end. */
  showFinal(): Promise<void>;
}

interface Options {
  readonly slack: EmulatedSlack;
  readonly github: EmulatedGithub;
  readonly say: (text: string) => void;
}

const CHANNELS = [PLACES.releases, PLACES.weekly, PLACES.operations];

/** Something that stands on a server: where, its title, and its whole content to notice an edit. */
interface Shown {
  readonly id: string;
  readonly where: string;
  readonly title: string;
  readonly content: string;
}

export function createNarrator({ slack, github, say }: Options): Narrator {
  let before = new Map<string, Shown>();
  let clock = '';
  return {
    begin: (at) => {
      say(
        `Kairos Herald on a recorded upstream. Slack and GitHub are emulated on loopback; the clock is the world's, from ${day(at)} on.\n`,
      );
      clock = day(at);
    },
    day: (at) => {
      clock = at.slice(0, 16).replace('T', ' ');
    },
    tell: async (says) => {
      say(`${styleText('dim', clock.padEnd(17))}${says}`);
      const now = new Map((await readAll(slack, github)).map((shown) => [shown.id, shown]));
      for (const shown of now.values()) {
        const earlier = before.get(shown.id);
        if (earlier === undefined) say(`${' '.repeat(17)}${styleText('green', '+')} ${shown.where}  ${shown.title}`);
        else if (earlier.content !== shown.content) say(`${' '.repeat(17)}${styleText('yellow', '~')} ${shown.where}  ${shown.title}`);
      }
      before = now;
    },
    showFinal: async () => {
      for (const channel of CHANNELS) {
        say(`\n${styleText('bold', `#${channel}`)} ${styleText('dim', '(Slack)')}`);
        for (const message of await slack.messages(channel)) say(`\n${indent(blockText(message))}`);
      }
      for (const issue of await github.issues(PLACES.repository)) {
        say(
          `\n${styleText('bold', `${PLACES.repository}#${issue.number}`)} ${styleText('dim', `(GitHub issue, ${issue.labels.map(({ name }) => name).join(', ')})`)}`,
        );
        say(`\n${indent(`${issue.title}\n\n${issue.body ?? ''}`)}`);
      }
    },
  };
}

async function readAll(slack: EmulatedSlack, github: EmulatedGithub): Promise<readonly Shown[]> {
  const messages = await Promise.all(
    CHANNELS.map(async (channel) =>
      (await slack.messages(channel)).map((message) => ({
        id: `${channel}/${message.ts}`,
        where: `#${channel}`,
        title: titleOf(message),
        content: JSON.stringify(message.blocks),
      })),
    ),
  );
  const issues = (await github.issues(PLACES.repository)).map((issue) => ({
    id: `issue/${issue.number}`,
    where: `${PLACES.repository}#${issue.number}`,
    title: issue.title,
    content: `${issue.title}\n${issue.body ?? ''}`,
  }));
  return [...messages.flat(), ...issues];
}

const Text = z.object({ text: z.string() });
const Block = z.looseObject({ text: Text.optional(), elements: z.array(Text.partial()).optional(), fields: z.array(Text).optional() });

function titleOf(message: EmulatedSlackMessage): string {
  return Block.parse(message.blocks?.at(0) ?? {}).text?.text ?? message.text;
}

/** The blocks as Slack would lay them out, as far as a terminal can. */
function blockText(message: EmulatedSlackMessage): string {
  return (message.blocks ?? [])
    .map((block) => Block.parse(block))
    .map(({ text, elements = [], fields = [] }) => [text, ...fields, ...elements].flatMap((part) => part?.text ?? []).join('\n'))
    .filter((part) => part !== '')
    .join('\n\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  │ ${line}`)
    .join('\n');
}
