// DICOM's spellings as people write them.

/** A Person Name (PS3.5 6.2.1): its first, alphabetic group, family name first. */
export function personOf(name: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = (name.split("=")[0] ?? "").split(
    "^",
  );
  const first = [prefix, given, middle].filter(Boolean).join(" ");
  return [[family, first].filter(Boolean).join(", "), suffix].filter(Boolean).join(" ");
}

/** A Date (DA), or one of before DICOM 3 with dots (PS3.5 6.2), as 2026-03-10; zeros, no date, as nothing; else as it is. */
export function dayOf(date: string): string {
  if (/^0+$/.test(date)) return "";
  return date.replace(/^(\d{4})(\.?)(\d{2})\2(\d{2})$/, "$1-$3-$4");
}
