// `npm run restore` runs this when the tables are back: it has the account feeds go on with numbers that no
// client has seen.
import { readMysqlConfig } from '../../kit/base/config.ts';
import { raiseFeeds } from '../../kit/feed/changes.ts';
import { openDatabase } from '../../kit/mysql/database.ts';

const database = openDatabase(readMysqlConfig());
try {
  console.log(`The feeds of ${await raiseFeeds('user', database)} people begin anew.`);
} finally {
  await database.close();
}
