/** PostgreSQL's wire protocol, as far as a door to PGlite needs it: where messages begin and end, and the greeting. https://www.postgresql.org/docs/current/protocol-message-formats.html */

/** Far above any statement of ours; keeps a client that talks nonsense from filling the memory. */
const MAX_MESSAGE_BYTES = 64 * 1_048_576;

/** `startup` messages have no letter before their length; `code` is a protocol version or a request. */
export type ClientMessage =
  | { readonly kind: 'startup'; readonly code: number }
  | { readonly kind: 'message'; readonly letter: string; readonly bytes: Buffer };

/** Protocol 3.0, and what may come in its place (the rest is cancel requests and other versions, which are turned away). */
export const STARTUP = { protocol3: 0x0003_0000, ssl: 80_877_103, gssEncryption: 80_877_104 } as const;

/** What a client sends, message by message. Throws RangeError on a length that no message has. */
export async function* clientMessages(chunks: AsyncIterable<Buffer>): AsyncGenerator<ClientMessage> {
  let pending: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const size = sizeOf(pending, started ? 1 : 0);
      if (size === null || pending.length < size) break;
      const bytes = pending.subarray(0, size);
      pending = pending.subarray(size);
      if (started) yield { kind: 'message', letter: String.fromCharCode(bytes.readUInt8(0)), bytes };
      else {
        const code = bytes.readInt32BE(4);
        started = code === STARTUP.protocol3;
        yield { kind: 'startup', code };
      }
    }
  }
}

/** How long the first message in `pending` is, the letter included; null while its length has not arrived. */
function sizeOf(pending: Buffer, letter: 0 | 1): number | null {
  if (pending.length < letter + 4) return null;
  const length = pending.readInt32BE(letter);
  if (length < (letter === 0 ? 8 : 4) || length > MAX_MESSAGE_BYTES) throw new RangeError(`a message of ${length} bytes`);
  return letter + length;
}

/** What a server says first: come in (the file mode of the socket is the protection), what it is, ready. */
export function greeting(serverVersion: string): Buffer {
  const parameters = {
    server_version: serverVersion,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  };
  return Buffer.concat([
    serverMessage('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => serverMessage('S', text(name), text(value))),
    serverMessage('K', int32(0), int32(0)),
    serverMessage('Z', Buffer.from('I')),
  ]);
}

export function notification(channel: string, payload: string): Buffer {
  return serverMessage('A', int32(0), text(channel), text(payload));
}

/** The messages of a server without its notifications: they are for those who listen, whoever happens to be talking. */
export function withoutNotifications(data: Uint8Array): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes[at] !== NOTIFICATION) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

const NOTIFICATION = 'A'.charCodeAt(0);

function serverMessage(letter: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(letter), int32(length), ...parts]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}
