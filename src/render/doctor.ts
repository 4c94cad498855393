/** What a look at Herald itself found, for people; and the findings a status gives. */

import { nextAfter } from '../core/cadence.ts';
import { bad, type Finding, good, notice } from '../core/findings.ts';
import type { Message } from '../core/message.ts';
import { day, type Instant, msBetween } from '../core/time.ts';
import type { Status, TargetStatus } from '../ports.ts';
import { count, duration, listing, moment, projectName, strong } from './words.ts';

const MARKS: Readonly<Record<Finding['level'], string>> = { good: '✓', notice: '!', bad: '✗' };

export function doctorMessage(findings: readonly Finding[]): Message {
  const wrong = findings.filter(({ level }) => level === 'bad').length;
  return {
    tone: wrong > 0 ? 'warning' : 'good',
    title: wrong === 0 ? 'All is well' : `${count(wrong, 'thing')} to see to`,
    summary: [],
    sections: [
      {
        rank: 1,
        section: {
          kind: 'facts',
          rows: findings.map(({ level, about, text, next }) => ({
            label: `${MARKS[level]} ${about}`,
            value: [level === 'bad' ? strong(text) : text, ...(next === null ? [] : [' ', next])],
          })),
        },
      },
    ],
    footer: [],
    labels: [],
  };
}

/** What a status says, one finding a place that is not as it should be and one for all that are. */
export function statusFindings(
  { targets, projects, subscriptions, deliveries, failing, verdicts }: Status,
  now: Instant,
): readonly Finding[] {
  const troubled = targets.filter(({ state }) => state !== 'fresh');
  const fresh = targets.length - troubled.length;
  return [
    ...(fresh === 0 ? [] : [good('targets', `${fresh} of ${count(targets.length, 'place')} checked within their cadence.`)]),
    ...targetFindings(troubled, now),
    ...requestFindings(targets),
    ...unrecognisedFindings(targets),
    ...verdictFindings(verdicts),
    ...projects.map(({ project, lateness: { sinceLast, p50, p95, gaps, late } }) => {
      const measured = `the last stable release is ${Math.floor(sinceLast)} days old; of ${gaps} gaps half were under ${days(p50)} and 95 of 100 under ${days(p95)}.`;
      return late
        ? notice(projectName(project), `Quiet for longer than usual: ${measured}`)
        : good(projectName(project), `${measured[0]?.toUpperCase()}${measured.slice(1)}`);
    }),
    ...subscriptionFindings(subscriptions),
    ...deliveryFindings(deliveries, failing),
  ];
}

function subscriptionFindings(listed: Status['subscriptions']): readonly Finding[] {
  if (listed.length === 0) return [notice('subscriptions', 'Nobody is told anything.', 'Add one: herald subscriptions add --help')];
  const quiet = listed.flatMap(({ subscription: { id, topic }, toldAt }) => (toldAt === null && topic === 'releases' ? id : []));
  return [
    good('subscriptions', `${count(listed.length, 'subscription')}.`),
    ...(quiet.length === 0
      ? []
      : [
          notice(
            'subscriptions',
            `Never told of anything: ${short(quiet)}.`,
            `See what they would be told: herald subscriptions test ${quiet[0]} --dry-run`,
          ),
        ]),
  ];
}

function days(value: number): string {
  return count(Math.ceil(value), 'day');
}

function targetFindings(troubled: readonly TargetStatus[], now: Instant): readonly Finding[] {
  const never = troubled.filter(({ state }) => state === 'never').map(({ target }) => target.id);
  const stale = troubled.filter(({ state }) => state === 'stale');
  return [
    ...troubled.flatMap(({ state, target, health }): readonly Finding[] => {
      if (state !== 'failing' || health.failingSince === null) return [];
      const { failingSince, failures, failure, lastSuccessAt } = health;
      const known = lastSuccessAt === null ? 'nothing is known of it' : `what is known is from ${moment(lastSuccessAt)}`;
      const mend = failure?.disposition === 'transient' ? '' : 'It stays so until somebody mends it. ';
      const next = `${mend}The next look is due ${moment(nextAfter(target.cadence, health.lastAttemptAt ?? failingSince))}.`;
      return [
        bad(
          target.id,
          `Could not be checked since ${moment(failingSince)} (${count(failures, 'time')}): ${failure?.message ?? 'unknown'}`,
          `${next} Until then ${known}.`,
        ),
      ];
    }),
    ...stale.map(({ target, health: { lastSuccessAt } }) =>
      bad(
        target.id,
        `Not looked at for ${lastSuccessAt === null ? 'long' : duration(msBetween(lastSuccessAt, now))}, though its cadence is ${target.cadence.name}.`,
        'Is "herald serve" or the cron job of "herald check" running?',
      ),
    ),
    ...(never.length === 0 ? [] : [notice('targets', `Never checked yet: ${short(never)}.`, 'Check now: herald check')]),
  ];
}

const MAX_NAMED = 5;

function short(names: readonly string[]): string {
  const left = names.length - MAX_NAMED;
  return left <= 0 ? listing(names) : `${names.slice(0, MAX_NAMED).join(', ')} and ${left} more`;
}

/** What watching costs the hosts, and which place costs most. */
function requestFindings(targets: readonly TargetStatus[]): readonly Finding[] {
  const costs = targets.filter(({ health }) => health.polls > 0).map(({ target, health }) => ({ id: target.id, ...health }));
  const dearest = costs.toSorted((left, right) => right.requests / right.polls - left.requests / left.polls)[0];
  if (dearest === undefined) return [];
  const total = (name: 'polls' | 'requests') => costs.reduce((sum, cost) => sum + cost[name], 0);
  const most = `at most ${(dearest.requests / dearest.polls).toFixed(1)} a look (${dearest.id})`;
  return [good('requests', `${count(total('polls'), 'look')} took ${count(total('requests'), 'request')}, ${most}.`)];
}

/** Nothing is dropped silently: what the grammar does not know is counted here. */
function unrecognisedFindings(targets: readonly TargetStatus[]): readonly Finding[] {
  return targets.flatMap(({ target, tags }) => {
    const total = tags.unrecognised.reduce((sum, { count: tagged }) => sum + tagged, 0);
    const [first] = tags.unrecognised;
    if (first === undefined) return [];
    return [
      notice(
        target.id,
        `${count(total, 'tag')} in ${count(tags.unrecognised.length, 'format')} Herald does not know, such as ${first.example}.`,
        'See why: herald explain <tag>',
      ),
    ];
  });
}

/** What is known of who signed the images that are there. */
function verdictFindings({ verified = 0, unsigned = 0, rejected = 0, unknown = 0 }: Status['verdicts']): readonly Finding[] {
  if (verified + unsigned + rejected + unknown === 0) return [];
  return [
    good('signatures', `${verified} verified, ${unsigned} unsigned.`),
    ...(unknown === 0
      ? []
      : [notice('signatures', `${count(unknown, 'image')} could not be verified.`, 'They are looked at again by themselves.')]),
    ...(rejected === 0
      ? []
      : [
          bad(
            'signatures',
            `${count(rejected, 'image')} rejected: the signature is wrong.`,
            'See which and why: herald releases, herald show <release>',
          ),
        ]),
  ];
}

/** The trust root that signatures are checked against: how long nobody said that it is still the current one. */
export function trustRootFinding(confirmedAt: Instant, stale: boolean): Finding {
  const confirmed = `Last confirmed ${day(confirmedAt)}.`;
  if (!stale) return good('trust root', confirmed);
  return notice(
    'trust root',
    `${confirmed} Keys that are added to it may be missing here.`,
    'Bring it up to date: herald trust-root refresh',
  );
}

function deliveryFindings(deliveries: Status['deliveries'], failing: Status['failing']): readonly Finding[] {
  const { owed, sending, shown, collected, dead, ambiguous } = deliveries;
  const summary = good('deliveries', `${shown + collected} told, ${owed + sending} waiting.`);
  const stuck = dead + ambiguous;
  return [
    summary,
    ...failing.map(({ delivery: { destinationKey, state, failure, id }, subject }) =>
      bad(
        'deliveries',
        `${subject} to ${destinationKey} is ${state === 'owed' ? 'not delivered yet' : state}: ${failure?.message ?? 'no reason was given'}`,
        state === 'owed' ? 'It is tried again by itself.' : `Try it again: herald replay ${id}`,
      ),
    ),
    ...(stuck > failing.length
      ? [bad('deliveries', `${stuck} in all wait for a person.`, 'Try them all again: herald replay --dead')]
      : []),
  ];
}
