/** What is said about a subject, and its revisions. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Announcement, StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { json, text } from './values.ts';

type AnnouncementMethods = Pick<StoreWriter, 'announcement' | 'saveAnnouncement'>;

export function announcementMethods(db: Kysely<Schema>): AnnouncementMethods {
  const bySubject = (subject: string) => db.selectFrom('announcement').selectAll().where('subject', '=', subject);
  return {
    announcement: async (subject) => {
      const row = await bySubject(text(subject)).executeTakeFirst();
      return row === undefined ? null : announcementOf(row);
    },

    saveAnnouncement: async (subject, facts, at, replyTo = null) => {
      const saved = await db
        .insertInto('announcement')
        .values({ subject: text(subject), revision: 1, facts: json(facts), reply_to: replyTo, created_at: at, updated_at: at })
        .onConflict((conflict) =>
          conflict
            .column('subject')
            .doUpdateSet({ revision: sql<number>`announcement.revision + 1`, facts: json(facts), updated_at: at })
            // jsonb compares values, not spelling: the order of keys is no change.
            .where('announcement.facts', 'is distinct from', sql<never>`excluded.facts`),
        )
        .returningAll()
        .executeTakeFirst();
      if (saved !== undefined) return { announcement: announcementOf(saved), changed: true };
      return { announcement: announcementOf(await bySubject(text(subject)).executeTakeFirstOrThrow()), changed: false };
    },
  };
}

export function announcementOf(row: Selectable<Schema['announcement']>): Announcement {
  return { id: row.id, subject: row.subject, revision: row.revision, facts: row.facts, createdAt: row.created_at };
}
