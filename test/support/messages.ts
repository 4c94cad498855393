/** Messages for the tests of every renderer. */
import type { Line, Message, Section } from '../../src/core/message.ts';

export function messageWith(...sections: readonly Section[]): Message {
  return {
    tone: 'notice',
    title: 'Title',
    summary: ['Summary'],
    sections: sections.map((section, index) => ({ rank: index + 1, section })),
    footer: [],
    labels: [],
  };
}

/** The text in every place a message has. */
export function hostileMessage(text: string): Message {
  const line: Line = [
    text,
    { kind: 'strong', text },
    ' ',
    { kind: 'code', text },
    ' ',
    { kind: 'link', text, url: text },
    { kind: 'link', text, url: 'https://ok.example/' },
  ];
  return {
    tone: 'alarm',
    title: text,
    summary: line,
    sections: [
      { rank: 1, section: { kind: 'text', line } },
      { rank: 2, section: { kind: 'facts', rows: [{ label: text, value: line }] } },
      { rank: 3, section: { kind: 'list', title: text, items: [line, line] } },
      { rank: 4, section: { kind: 'table', title: text, columns: [text, text], rows: [[line, line]] } },
      { rank: 5, section: { kind: 'code', title: text, language: text, text } },
    ],
    footer: [line],
    labels: [],
  };
}

export function rowsOf(count: number): readonly (readonly Line[])[] {
  return Array.from({ length: count }, (_, index) => [
    [{ kind: 'strong', text: `standard · amd64 · model-${index}` }],
    ['k3s 1.36.4, 1.35.8, 1.34.11'],
  ]);
}
