// Uploads so many bytes through nginx as somebody new, and prints STORED, or the code of the error that came.
//   node deploy/try/upload.ts <address of nginx> <bytes>
import { randomBytes } from 'node:crypto';
import { GraphClient } from '../../testing/client.ts';
import { upload } from '../../testing/files.ts';
import { newAccount } from '../../testing/people.ts';

const [address, bytes] = process.argv.slice(2);
const door = new GraphClient(`${address}/graphql`);
const { tokens } = await door.perform('register', newAccount(), 'tokens { accessToken }');
const result = await upload(door.as(tokens.accessToken), randomBytes(Number(bytes)));
console.log(result.file ? 'STORED' : result.code);
