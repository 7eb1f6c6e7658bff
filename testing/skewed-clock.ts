// Loaded with `--import` into a process whose clock is to be wrong: its time is off by CLOCK_SKEW_MS.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parameters: []) {
    if (parameters.length === 0) super(RealDate.now() + skew);
    else super(...parameters);
  }

  static override now(): number {
    return RealDate.now() + skew;
  }
} as DateConstructor;
