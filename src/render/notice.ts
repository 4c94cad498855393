/** Herald's own notices to its operator. They say what is not known, never that all is well. */
import { unreachable } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { aggregate } from '../core/notes-aggregate.ts';
import type { MaterialChange } from '../core/notes-change.ts';
import { GRAVE_SECTIONS } from '../core/notes-model.ts';
import type { NoticeFacts } from '../core/release.ts';
import { notesOfEdit } from '../core/release-notes.ts';
import type { Subscription } from '../core/subscription.ts';
import type { Instant } from '../core/time.ts';
import { subscriptionLine } from './footer.ts';
import { notesSections } from './notes.ts';
import { pageLink } from './release.ts';
import { alarmLine } from './verdict.ts';
import { code, count, duration, moment, projectName } from './words.ts';

export function noticeMessage(facts: NoticeFacts, subscription: Subscription | null): Message {
  const footer = subscriptionLine(subscription);
  switch (facts.notice) {
    case 'unrecognised-format':
      return {
        tone: 'warning',
        title: `${facts.target}: ${count(facts.count, 'tag')} in a format Herald does not know`,
        summary: ['Not recognised: ', facts.reason, '. Nothing was dropped: the tags are stored and counted, but not announced.'],
        sections: [
          { rank: 1, section: { kind: 'facts', rows: [{ label: 'Format', value: [code(facts.format)] }] } },
          { rank: 2, section: { kind: 'list', title: 'For example', items: facts.examples.map((tag) => [code(tag)]) } },
          {
            rank: 3,
            section: {
              kind: 'text',
              line: ['If these are Kairos images, the naming has changed: update Herald, or report the format to the project.'],
            },
          },
        ],
        footer,
        labels: ['kairos/herald', 'kairos/unrecognised'],
      };
    case 'source-blind':
      return {
        tone: 'alarm',
        title: `${facts.target}: could not check since ${moment(facts.since)}`,
        summary: [facts.error],
        sections: [
          {
            rank: 1,
            section: { kind: 'text', line: ['Until it can be checked again, no message about it does not mean that nothing is new.'] },
          },
        ],
        footer,
        labels: ['kairos/herald', 'kairos/blind'],
      };
    case 'release-held':
      return {
        tone: 'warning',
        title: `${projectName(facts.project)} ${facts.version} is held: the version jumps far beyond all before it`,
        summary: [
          facts.highest === null ? '' : `The highest before it is ${facts.highest}. `,
          'It is stored and not announced, and nothing is compared with it.',
        ],
        sections: [
          {
            rank: 1,
            section: {
              kind: 'code',
              title: 'If it is real, accept it in the configuration of Herald',
              language: 'yaml',
              text: `accept:\n  - { project: ${facts.project}, version: ${facts.version} }`,
            },
          },
        ],
        footer,
        labels: ['kairos/herald', 'kairos/held'],
      };
    case 'signatures':
      return { ...signatureAlert(facts), footer };
    case 'release-edited':
      return { ...edited(facts), footer };
    case 'trust-root':
      return facts.changes.length === 0
        ? { ...oldTrustRoot(facts.confirmedAt), footer }
        : {
            tone: 'notice',
            title: 'The trust root that signatures are checked against has changed',
            summary: ['It came through its update framework, signed by its own keys, and is in force. Verdicts are made anew with it.'],
            sections: [{ rank: 1, section: { kind: 'list', title: 'What is different', items: facts.changes.map((change) => [change]) } }],
            footer,
            labels: ['kairos/herald', 'kairos/trust-root'],
          };
    case 'test':
      return {
        tone: 'neutral',
        title: `Test message for the subscription ${facts.subscription}`,
        summary: ['Somebody asked Herald whether its messages arrive here. They do. Nothing was published.'],
        sections: [],
        footer,
        labels: ['kairos/herald', 'kairos/test'],
      };
    case 'source-recovered':
      return {
        tone: 'good',
        title: `${facts.target}: can be checked again`,
        summary: [`It could not be checked for ${duration(facts.blindFor)}. What was published meanwhile is announced now.`],
        sections: [],
        footer,
        labels: ['kairos/herald'],
      };
    default:
      return unreachable(facts);
  }
}

const EDIT_TITLES: Readonly<Record<keyof MaterialChange, string>> = {
  retraction: 'do not take it',
  security: 'about its security',
  breaking: 'before you upgrade',
  knownIssues: 'a known issue',
};

/** What a release page says since it was told of. */
function edited({ project, version, url, added }: Extract<NoticeFacts, { notice: 'release-edited' }>): Omit<Message, 'footer'> {
  const gravest = GRAVE_SECTIONS.find((section) => added[section].length > 0) ?? 'breaking';
  return {
    tone: gravest === 'retraction' || gravest === 'security' ? 'alarm' : 'warning',
    title: `${projectName(project)} ${version}: ${EDIT_TITLES[gravest]}`,
    summary: [
      'Its release page',
      ...(url === null ? [] : [' ', pageLink(url)]),
      ' was edited. It says now, and did not when you were told of it:',
    ],
    sections: notesSections(aggregate([{ version, notes: notesOfEdit(added) }]), { page: url }),
    labels: [
      'kairos/release',
      gravest === 'retraction' ? 'kairos/retracted' : gravest === 'security' ? 'kairos/security' : 'kairos/edited',
    ],
  };
}

/** Nobody could be asked for so long whether the trust root is still the current one. */
function oldTrustRoot(confirmedAt: Instant): Omit<Message, 'footer'> {
  return {
    tone: 'warning',
    title: `The trust root could not be confirmed since ${moment(confirmedAt)}`,
    summary: ['Signatures are still checked against it. Keys that were added since then are not known, so new signatures may be rejected.'],
    sections: [{ rank: 1, section: { kind: 'text', line: ['See what is in the way: ', code('herald trust-root refresh')] } }],
    labels: ['kairos/herald', 'kairos/trust-root'],
  };
}

/** Signatures of a release that are wrong or gone; said again when that is over. */
function signatureAlert({ project, version, images }: Extract<NoticeFacts, { notice: 'signatures' }>): Omit<Message, 'footer'> {
  const release = `${projectName(project)} ${version}`;
  const labels = ['kairos/security', 'kairos/rejected'];
  if (images.length === 0) {
    return {
      tone: 'good',
      title: `${release}: the signatures are in order again`,
      summary: ['No image is rejected any more: it was pushed and signed anew, removed, or the policy that judged it was mended.'],
      sections: [],
      labels,
    };
  }
  return {
    tone: 'alarm',
    title: `Do not use: ${count(images.length, 'image')} of ${release} with a signature that is wrong or gone`,
    summary: ['These are not what the project has signed, as far as Herald can tell. Do not roll them out before you know why.'],
    sections: [
      { rank: 1, section: { kind: 'list', title: null, items: images.map(alarmLine) } },
      { rank: 2, section: { kind: 'text', line: ['Look at one yourself: ', code(`herald verify ${images[0]?.reference ?? ''}`)] } },
    ],
    labels,
  };
}
