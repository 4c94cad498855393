/** What a delivery shows at its destination: a pure function of stored facts, so that a replay renders the same. */

import { narrow } from '../core/reader-view.ts';
import type { Facts } from '../core/release.ts';
import { narrowAlert } from '../core/signature-alert.ts';
import type { Subscription } from '../core/subscription.ts';
import type { LeasedDelivery, Payload } from '../ports.ts';
import { announcementMessage } from '../render/announcement.ts';
import { renderCloudEvent } from '../render/cloudevent.ts';
import { renderGithub } from '../render/github.ts';
import { renderSlack } from '../render/slack.ts';
import { renderText, type TextOptions } from '../render/text.ts';

type Rendered<K extends Payload['kind']> = Extract<Payload, { kind: K }>;

/** What is said, and to whom. */
type Announced = Pick<LeasedDelivery, 'announcement' | 'subscription'>;

/** The announcement as this subscription sees it, for a Slack channel. */
export function slackPayload(lease: Announced): Rendered<'slack'> {
  return renderSlack(messageOf(lease));
}

/** The same as a GitHub issue. */
export function githubPayload(lease: Announced): Rendered<'github'> {
  return renderGithub(messageOf(lease));
}

/** The same for a terminal. */
export function consolePayload(lease: Announced, options: TextOptions): Rendered<'console'> {
  return { kind: 'console', text: renderText(messageOf(lease), options) };
}

/** The same as the data of an event, for programs. */
export function webhookPayload({ announcement, subscription }: Announced): Rendered<'webhook'> {
  return renderCloudEvent(announcement, viewOf(announcement.facts, subscription));
}

function messageOf({ announcement, subscription }: Announced): ReturnType<typeof announcementMessage> {
  return announcementMessage(viewOf(announcement.facts, subscription), subscription);
}

/** A digest holds its reader's views already; a notice is the same for everybody, an alert says what concerns its reader. */
function viewOf(facts: Facts, { filter, topic }: Subscription): Facts {
  if (facts.kind === 'release') return narrow(filter, facts);
  return facts.kind === 'notice' && facts.notice === 'signatures' && topic === 'releases' ? narrowAlert(facts, filter) : facts;
}
