/** Whatever there is to announce, as a message. */
import { unreachable } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import type { Facts } from '../core/release.ts';
import type { Subscription } from '../core/subscription.ts';
import { digestMessage } from './digest.ts';
import { noticeMessage } from './notice.ts';
import { releaseMessage } from './release.ts';

/** The message of these facts for a reader. Facts of a release are the reader's view of it; see core/subscription viewFor and narrow. */
export function announcementMessage(facts: Facts, subscription: Subscription | null): Message {
  switch (facts.kind) {
    case 'release':
      return releaseMessage(facts, subscription);
    case 'digest':
      return digestMessage(facts, subscription);
    case 'notice':
      return noticeMessage(facts, subscription);
    default:
      return unreachable(facts);
  }
}
