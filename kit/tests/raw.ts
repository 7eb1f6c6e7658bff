import { connect } from 'node:net';
import { waitFor } from '../../testing/wait.ts';

/**
 * Writes bytes to a server by hand, in the given pieces, and resolves to what it answered when `isWhole` is
 * satisfied.
 */
export async function askRaw(
  port: number,
  pieces: readonly (string | Buffer)[],
  isWhole: (heard: string) => boolean = (heard) => heard !== '',
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  socket.on('error', () => {});
  try {
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
    await waitFor(() => isWhole(heard), { what: `a whole answer, after ${JSON.stringify(heard)}` });
    return heard;
  } finally {
    socket.destroy();
  }
}
