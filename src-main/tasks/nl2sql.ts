import { taskFields } from '../../src-contract/task.ts';
import type { Task } from './task.ts';

/** Text to SQL: a question becomes a query on the database whose schema is given. */
export const nl2sql: Task = {
  id: 'nl2sql',
  fields: taskFields.nl2sql,
  columnNames: {
    schema: [
      ...[
        'schema',
        'dbschema',
        'databaseschema',
        'ddl',
        'createtable',
        'createstatements',
        'tables',
        'table',
        'context',
      ],
      ...['스키마', '테이블', '테이블정의'],
      ...['schema', 'datenbankschema', 'tabellen'],
    ],
    question: ['question', 'questiontext', 'utterance', 'nl', 'text', '질문', '질의', '문장', 'frage'],
    sql: [
      'sql',
      'query',
      'sqlquery',
      'goldsql',
      'gold',
      'answer',
      '쿼리',
      '질의문',
      'sql문',
      '정답',
      'abfrage',
      'antwort',
    ],
    group: ['group', 'groupid', 'db', 'dbid', 'dbname', 'database', '그룹', '데이터베이스', 'gruppe', 'datenbank'],
    database: ['database', 'databaseid', 'databasename', 'db', 'dbid', 'dbname', '데이터베이스', 'datenbank'],
  },
  renderContext: (input) => `Schema:\n${input.schema ?? ''}\n\nQuestion: ${input.question ?? ''}`,
};
