// Times as people read them, in the reader's own time zone.

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

// Today's times stand alone: "14:05", "3 Mar, 14:05", "3 Mar 2024, 14:05".
export function describeTime(iso) {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return time.format(then);
  const date = then.getFullYear() === now.getFullYear() ? day : dayAndYear;
  return `${date.format(then)}, ${time.format(then)}`;
}
