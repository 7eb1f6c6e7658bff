// Which Node may install and start the project. Node 12 must be able to read this file.

/** The range of package.json's `engines`: the packages that the install runs ask for it. */
export const SUPPORTED_NODE = '^20.19 || ^22.12 || >=24';

/** Major versions and the first minor version of each that will do. */
const FIRST_MINOR = { 20: 19, 22: 12 };
const FIRST_MAJOR = 24;

/**
 * Null where this version of Node will do, else what to tell the user.
 * @param {string} version as `process.versions.node` has it
 * @returns {string | null}
 */
export function nodeFault(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major >= FIRST_MAJOR || (major in FIRST_MINOR && minor >= FIRST_MINOR[major])) return null;
  return (
    `Beaver needs Node 20.19 or later of 20, 22.12 or later of 22, or 24 and later; this is Node ${version}. ` +
    'Install one of those, put it first on PATH, and start again.'
  );
}
