// Requests to the graph over HTTP.
export const url = new URL(location.pathname, location.href);

/** The answer to an operation. With `files`, it is sent as multipart: `{'variables.input.file': File}`. */
export async function post(operation, headers = {}, files = {}) {
  const accept = 'application/json';
  const entries = Object.entries(files);
  let request = {
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(operation),
  };
  if (entries.length > 0) {
    const body = new FormData();
    body.append('operations', JSON.stringify(operation));
    body.append('map', JSON.stringify(Object.fromEntries(entries.map(([path], index) => [index, [path]]))));
    for (const [index, [, file]] of entries.entries()) body.append(String(index), file);
    request = { headers: { 'apollo-require-preflight': 'true', accept, ...headers }, body };
  }
  let response;
  try {
    response = await fetch(url, { method: 'POST', ...request });
  } catch {
    throw new Error('The graph does not answer. Is it still running?');
  }
  return response.json().catch(() => {
    throw new Error(`The graph answered HTTP ${response.status} without JSON. Try again.`);
  });
}
